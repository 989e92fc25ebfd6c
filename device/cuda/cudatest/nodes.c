//go:build cuda && linux && cgo

#include "nodes.h"

#include <stdlib.h>

void tandem_fake_add(struct node_set *set, int node)
{
	for (int i = 0; i < set->n; i++)
		if (set->at[i] == node)
			return;
	set->at = realloc(set->at, (size_t)(set->n + 1) * sizeof *set->at);
	if (set->at == NULL)
		abort(); /* the test's machine is out of memory, not the device */
	set->at[set->n++] = node;
}

void tandem_fake_unite(struct node_set *set, const struct node_set *with)
{
	for (int i = 0; i < with->n; i++)
		tandem_fake_add(set, with->at[i]);
}

void tandem_fake_let_go(struct nodes *nodes)
{
	if (--nodes->holders > 0)
		return;
	for (int i = 0; i < nodes->n; i++) {
		struct op *op = nodes->node[i].op;
		if (op->drop != NULL)
			op->drop(op);
		free(op);
		free(nodes->node[i].after.at);
	}
	free(nodes->node);
	free(nodes);
}
