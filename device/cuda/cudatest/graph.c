//go:build cuda && linux && cgo

#include "graph.h"

#include <stdlib.h>

static void end_graph(struct object *o)
{
	tandem_fake_end(o);
	tandem_fake_let_go(((struct graph *)o)->nodes);
	free(o);
}

struct graph *tandem_fake_new_graph(enum kind kind, struct nodes *nodes)
{
	struct graph *g = tandem_fake_new(kind, sizeof *g);
	g->o.end = end_graph;
	g->nodes = nodes;
	nodes->holders++;
	return g;
}

struct graph_op {
	struct op op;
	struct nodes *nodes;
	uint64_t random; /* 0: in the order of the capture */
};

/* The n-th, from a random one on, of the nodes that may be executed now. */
static int choose(const struct nodes *nodes, const bool *done, uint64_t from)
{
	for (int k = 0; k < nodes->n; k++) {
		int i = (int)((from + (uint64_t)k) % (uint64_t)nodes->n);
		bool may = !done[i];
		for (int d = 0; may && d < nodes->node[i].after.n; d++)
			may = done[nodes->node[i].after.at[d]];
		if (may)
			return i;
	}
	abort(); /* a node depends on earlier ones only, so the first that is not done may be */
}

static CUresult run_graph(struct op *op)
{
	struct graph_op *g = (struct graph_op *)op;
	CUresult r = CUDA_SUCCESS;
	bool *done = calloc((size_t)g->nodes->n + 1, sizeof *done);
	if (done == NULL)
		return CUDA_ERROR_OUT_OF_MEMORY;
	for (int k = 0; k < g->nodes->n && r == CUDA_SUCCESS; k++) {
		int i = choose(g->nodes, done, g->random != 0 ? tandem_fake_random(&g->random) % (uint64_t)g->nodes->n : 0);
		struct op *node = g->nodes->node[i].op;
		r = node->sticky != CUDA_SUCCESS ? node->sticky : node->run(node);
		done[i] = true;
	}
	free(done);
	return r;
}

static void drop_graph(struct op *op)
{
	tandem_fake_let_go(((struct graph_op *)op)->nodes);
}

CALL(cuGraphInstantiateWithFlags)(CUgraphExec *exec, CUgraph graph, unsigned long long flags)
{
	ENTER(cuGraphInstantiateWithFlags, IN_CONTEXT);
	const unsigned long long known = CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH | CUDA_GRAPH_INSTANTIATE_FLAG_USE_NODE_PRIORITY;
	const struct graph *g = tandem_fake_find(graph, GRAPH);
	if (g == NULL || (flags & ~known))
		return leave(CUDA_ERROR_INVALID_VALUE);
	if (tandem_fake_capturing())
		return leave(tandem_fake_capture_unsafe());
	*exec = (CUgraphExec)tandem_fake_new_graph(GRAPH_EXEC, g->nodes)->o.base;
	return leave(CUDA_SUCCESS);
}

/* Nodes that do not depend on each other are executed in any order. */
CALL(cuGraphLaunch)(CUgraphExec exec, CUstream stream)
{
	ENTER(cuGraphLaunch, IN_CONTEXT);
	const struct graph *g = tandem_fake_find(exec, GRAPH_EXEC);
	struct stream *s;
	CUresult r = tandem_fake_stream(stream, &s);
	if (r != CUDA_SUCCESS)
		return leave(r);
	if (g == NULL)
		return leave(CUDA_ERROR_INVALID_VALUE);
	if (s->capture != NULL) {
		tandem_fake_capture_break(s);
		return leave(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	}
	struct graph_op *op = tandem_fake_op(sizeof *op, run_graph);
	op->op.drop = drop_graph;
	op->nodes = g->nodes;
	op->nodes->holders++;
	op->random = tandem_fake_config.late ? tandem_fake_random(&s->o.ctx->dev->random) | 1 : 0;
	for (int i = 0; i < g->nodes->n; i++)
		op->op.outside = op->op.outside || g->nodes->node[i].op->outside;
	return leave(tandem_fake_enqueue(s, &op->op));
}

CALL(cuGraphUpload)(CUgraphExec exec, CUstream stream)
{
	ENTER(cuGraphUpload, IN_CONTEXT);
	struct stream *s;
	CUresult r = tandem_fake_stream(stream, &s);
	return leave(r == CUDA_SUCCESS && tandem_fake_find(exec, GRAPH_EXEC) == NULL ? CUDA_ERROR_INVALID_VALUE : r);
}

/* Answers the number of nodes only: nodes of captures have no handles here. */
CALL(cuGraphGetNodes)(CUgraph graph, CUgraphNode *nodes, size_t *n)
{
	ENTER(cuGraphGetNodes, ANYWHERE);
	const struct graph *g = tandem_fake_find(graph, GRAPH);
	if (g == NULL)
		return leave(CUDA_ERROR_INVALID_VALUE);
	if (nodes != NULL)
		return leave(CUDA_ERROR_NOT_SUPPORTED);
	*n = (size_t)g->nodes->n;
	return leave(CUDA_SUCCESS);
}

CALL(cuGraphDestroy)(CUgraph graph)
{
	ENTER(cuGraphDestroy, ANYWHERE);
	struct graph *g = tandem_fake_find(graph, GRAPH);
	if (g == NULL)
		return leave(CUDA_ERROR_INVALID_VALUE);
	end_graph(&g->o);
	return leave(CUDA_SUCCESS);
}

CALL(cuGraphExecDestroy)(CUgraphExec exec)
{
	ENTER(cuGraphExecDestroy, ANYWHERE);
	struct graph *g = tandem_fake_find(exec, GRAPH_EXEC);
	if (g == NULL)
		return leave(CUDA_ERROR_INVALID_VALUE);
	end_graph(&g->o);
	return leave(CUDA_SUCCESS);
}
