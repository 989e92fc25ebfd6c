/* Captured commands, and what each comes after. */
#ifndef TANDEM_CUDATEST_NODES_H
#define TANDEM_CUDATEST_NODES_H

#include "fake.h"

/* The commands of a graph, in the order of their capture: a node comes after those it depends on. */
struct nodes {
	int holders; /* a capture or graph, executable graphs, launches */
	int n;
	struct node {
		struct op *op;
		struct node_set after;
	} *node;
};

void tandem_fake_add(struct node_set *set, int node);
void tandem_fake_unite(struct node_set *set, const struct node_set *with);
void tandem_fake_let_go(struct nodes *nodes);

#endif
