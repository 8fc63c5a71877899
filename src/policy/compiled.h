/*
 * compiled: what policy.c decides by, shared with explain.c only.
 */
#ifndef POLICY_COMPILED_H
#define POLICY_COMPILED_H

#include "policy/destset.h"
#include "policy/policy.h"
#include "policy/tri.h"
#include "policy/whoset.h"

struct compiled_rule {
	const struct rule *rule; /* borrowed from the model */
	struct whoset *who;      /* owned, as the next */
	struct destset *to;
};

struct compiled_decrypt {
	const struct decrypt *decrypt; /* borrowed */
	struct whoset *who;            /* owned, as the next two */
	struct destset *to, *except;
};

struct compiled_marks {
	const struct packet_marks *marks; /* borrowed */
	struct whoset *who;               /* owned */
};

struct policy {
	const struct conf *conf; /* borrowed */
	struct groups *groups;   /* owned, as all below */
	struct destset **lists;  /* as conf's dest_lists */
	struct destset *internal;
	struct compiled_rule *rules; /* as conf's, and so are the next */
	struct compiled_decrypt *decrypts;
	struct compiled_marks *marks;
	struct compiled_rule *credentials;
	struct destset *legacy;
	struct destset **revocations, **exceptions, **own_certificates;
};

/* A subject on its way along the rules: what several of them ask is found
 * out once. */
struct walk {
	const struct policy *policy;
	const struct subject *subject;
	struct member member;
	struct addr client, addr; /* unfolded */
	struct place_of place;
	int minute;   /* of the day, -1 until asked for */
	unsigned day; /* 0 Monday */
};

void walk_start(struct walk *walk, const struct policy *policy,
    const struct subject *subject);

/* The conditions of a rule, in the order in which they are asked. */
struct rule_condition {
	const char *word;
	enum tri (*match)(struct walk *walk, const struct compiled_rule *rule);
};
extern const struct rule_condition rule_conditions[];
extern const size_t rule_conditions_count;

/* The least of all conditions. */
enum tri rule_matches(struct walk *walk, const struct compiled_rule *rule);

#endif
