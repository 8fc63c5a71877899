/*
 * flow: the truth table of the end of a pair.
 */
#include "net/flow.h"

#define GO FLOW_GO_ON
#define DONE FLOW_DONE
#define BAD FLOW_BROKEN

static const enum flow_verdict table[4][4] = {
	/*                  OPEN ENDING PASSED CUT   b to a */
	[FLOW_OPEN] = { GO, GO, GO, BAD },
	[FLOW_ENDING] = { GO, GO, GO, BAD },
	[FLOW_PASSED] = { GO, GO, DONE, BAD },
	[FLOW_CUT] = { BAD, BAD, BAD, BAD },
};

enum flow_verdict
flow_judge(enum flow a_to_b, enum flow b_to_a)
{
	return table[a_to_b][b_to_a];
}
