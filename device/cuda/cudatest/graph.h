/* Graphs, executable ones among them. */
#ifndef TANDEM_CUDATEST_GRAPH_H
#define TANDEM_CUDATEST_GRAPH_H

#include "nodes.h"

struct graph {
	struct object o;
	struct nodes *nodes;
};

struct graph *tandem_fake_new_graph(enum kind kind, struct nodes *nodes);

#endif
