/*
 * flow: how far one direction of a joined pair is, and what two of them mean
 * together.  A pair has four facts: each side has ended or not, and each end
 * has been passed on or not; a flow holds the two of one direction.
 */
#ifndef NET_FLOW_H
#define NET_FLOW_H

enum flow {
	FLOW_OPEN,   /* the source may still send */
	FLOW_ENDING, /* the source has ended; bytes or the end are under way */
	FLOW_PASSED, /* all bytes and the end were handed to the sink */
	FLOW_CUT     /* all bytes were, but the source broke off */
};

enum flow_verdict {
	FLOW_GO_ON,
	FLOW_DONE,
	FLOW_BROKEN
};

/* Half-closed pairs go on: only two passed ends are the end of the pair. A
 * source that broke off ends both, since no half of it can be trusted to be
 * whole. */
enum flow_verdict flow_judge(enum flow a_to_b, enum flow b_to_a);

#endif
