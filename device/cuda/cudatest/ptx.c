//go:build cuda && linux && cgo

#define _GNU_SOURCE
#include "ptx.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * No translator: a reader that finds entries with their parameters, shared memory
 * and variables, and that refuses what is plainly not PTX: unknown instructions,
 * braces that do not match, missing directives.
 */
struct reader {
	const char *at;
	int line;
	char token[256];
	char *log;
	size_t log_size;
};

static bool word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || c == '%' || c == '.';
}

static void skip(struct reader *r)
{
	for (;;) {
		while (isspace((unsigned char)*r->at))
			r->line += *r->at++ == '\n';
		if (r->at[0] == '/' && r->at[1] == '/') {
			r->at += strcspn(r->at, "\n");
		} else if (r->at[0] == '/' && r->at[1] == '*') {
			const char *end = strstr(r->at + 2, "*/");
			if (end == NULL)
				end = r->at + strlen(r->at) - 2;
			for (; r->at < end + 2; r->at++)
				r->line += *r->at == '\n';
		} else {
			return;
		}
	}
}

/* The next token: a word with its dots, a string, or one character. Empty at the end. */
static const char *next(struct reader *r)
{
	size_t n = 0;
	skip(r);
	if (*r->at == '"') {
		n = 1 + strcspn(r->at + 1, "\"");
		n += r->at[n] == '"';
	} else if (word(*r->at)) {
		while (word(r->at[n]))
			n++;
	} else if (*r->at != '\0') {
		n = 1;
	}
	snprintf(r->token, sizeof r->token, "%.*s", (int)n, r->at);
	r->at += n;
	return r->token;
}

static bool wrong(struct reader *r, const char *near, const char *what)
{
	snprintf(r->log, r->log_size,
		"ptxas application ptx input, line %d; fatal   : Parsing error near '%s': %s\n"
		"ptxas fatal   : Ptx assembly aborted due to errors\n",
		r->line, near, what);
	return false;
}

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* Bits of a type such as .b8 or .f64; 0: it is none. */
static unsigned int type_bits(const char *token)
{
	if (token[0] != '.' || strchr("bsuf", token[1]) == NULL || !isdigit((unsigned char)token[2]))
		return 0;
	return (unsigned int)strtoul(token + 2, NULL, 10);
}

/* What comes between .param, .shared, .global or .const and ; , or ): align, type, name, dimensions. */
static bool declaration(struct reader *r, char *name, size_t name_size, size_t *nbytes)
{
	unsigned int bits = 0;
	size_t n = 1;
	name[0] = '\0';
	for (;;) {
		const char *rest = r->at;
		int line = r->line;
		const char *t = next(r);
		if (is(t, "") || is(t, ";") || is(t, ",") || is(t, ")") || is(t, "=")) {
			r->at = rest;
			r->line = line;
			break;
		}
		if (is(t, ".align")) {
			next(r);
		} else if (is(t, "[")) {
			n *= strtoul(next(r), NULL, 10);
			if (!is(r->token, "]"))
				next(r);
			else
				n = 0; /* extern: its size comes with the launch */
		} else if (type_bits(t) != 0) {
			bits = type_bits(t);
		} else if (t[0] != '.' && name[0] == '\0') {
			snprintf(name, name_size, "%s", t);
		}
	}
	if (bits == 0 || name[0] == '\0')
		return wrong(r, r->token, "syntax error");
	*nbytes = n * bits / 8;
	return true;
}

/* Opcodes of PTX ISA 8. Their modifiers are not looked at. */
static const char *const opcodes[] = {"abs", "activemask", "add", "addc", "alloca", "and", "applypriority", "atom", "bar", "barrier",
	"bfe", "bfi", "bfind", "bmsk", "bra", "brev", "brkpt", "brx", "call", "clz", "cnot", "copysign", "cos", "cp", "createpolicy", "cvt",
	"cvta", "discard", "div", "dp2a", "dp4a", "elect", "ex2", "exit", "fence", "fma", "fns", "getctarank", "griddepcontrol", "isspacep",
	"istypep", "ld", "ldmatrix", "ldu", "lg2", "lop3", "mad", "mad24", "madc", "mapa", "match", "max", "mbarrier", "membar", "min", "mma",
	"mov", "movmatrix", "mul", "mul24", "multimem", "nanosleep", "neg", "not", "or", "pmevent", "popc", "prefetch", "prefetchu", "prmt",
	"rcp", "red", "redux", "rem", "ret", "rsqrt", "sad", "selp", "set", "setmaxnreg", "setp", "shf", "shfl", "shl", "shr", "sin", "slct",
	"sqrt", "st", "stackrestore", "stacksave", "stmatrix", "sub", "subc", "suld", "suq", "sured", "sust", "szext", "tanh", "tensormap",
	"testp", "tex", "tld4", "trap", "txq", "vabsdiff", "vadd", "vmad", "vmax", "vmin", "vote", "vset", "vshl", "vshr", "vsub", "wgmma",
	"wmma", "xor"};

static bool known(const char *token)
{
	size_t n = strcspn(token, ".");
	for (size_t i = 0; i < sizeof opcodes / sizeof *opcodes; i++)
		if (strlen(opcodes[i]) == n && memcmp(opcodes[i], token, n) == 0)
			return true;
	return false;
}

/* A function's body, after its opening brace. */
static bool body(struct reader *r, size_t *shared)
{
	char name[256];
	size_t nbytes;
	for (int depth = 1; depth > 0;) {
		const char *t = next(r);
		if (is(t, ""))
			return wrong(r, "", "unexpected end of file");
		if (is(t, "{")) {
			depth++;
			continue;
		}
		if (is(t, "}")) {
			depth--;
			continue;
		}
		if (is(t, ".shared")) {
			if (!declaration(r, name, sizeof name, &nbytes))
				return false;
			*shared = (*shared + 15) / 16 * 16 + nbytes;
		} else if (is(t, "@")) { /* a predicate: @%p1 or @!%p1 */
			if (is(next(r), "!"))
				next(r);
			if (!known(next(r)))
				return wrong(r, r->token, "syntax error");
		} else if (is(t, ".loc") || is(t, ".file") || is(t, ".pragma")) {
			if (!is(t, ".pragma")) { /* these go to the line's end */
				r->at += strcspn(r->at, "\n");
				continue;
			}
		} else if (t[0] != '.') {
			char first[sizeof r->token];
			snprintf(first, sizeof first, "%s", t);
			skip(r);
			if (*r->at == ':') {
				r->at++;
				continue;
			}
			if (!known(first))
				return wrong(r, first, "syntax error");
		}
		for (int inner = 0; !is(t = next(r), ";") || inner > 0;) {
			if (is(t, ""))
				return wrong(r, "", "unexpected end of file");
			inner += is(t, "{") - is(t, "}");
			if (inner < 0)
				return wrong(r, "}", "syntax error");
		}
	}
	return true;
}

static bool entry(struct reader *r, struct ptx *p)
{
	char name[256];
	size_t nbytes;
	struct ptx_entry *e = calloc(1, sizeof *e);
	if (e == NULL)
		return wrong(r, "", "out of memory");
	e->next = p->entries;
	p->entries = e;
	e->name = strdup(next(r));
	const char *t = next(r);
	if (is(t, "(")) {
		while (!is(t = next(r), ")")) {
			if (is(t, ","))
				continue;
			if (!is(t, ".param"))
				return wrong(r, t, "syntax error");
			if (!declaration(r, name, sizeof name, &nbytes))
				return false;
			e->sizes = realloc(e->sizes, (size_t)(e->n + 1) * sizeof *e->sizes);
			e->sizes[e->n++] = (unsigned int)nbytes;
		}
		t = next(r);
	}
	while (!is(t, "{")) {
		if (is(t, "") || is(t, "}"))
			return wrong(r, t, "syntax error");
		if (is(t, ".maxntid") || is(t, ".reqntid")) {
			e->max_threads = 1;
			do {
				e->max_threads *= (unsigned int)strtoul(next(r), NULL, 10);
				t = next(r);
			} while (is(t, ","));
			continue;
		}
		t = next(r);
	}
	return body(r, &e->shared);
}

static bool variable(struct reader *r, struct ptx *p)
{
	char name[256];
	struct ptx_variable *v = calloc(1, sizeof *v);
	if (v == NULL || !declaration(r, name, sizeof name, &v->nbytes)) {
		free(v);
		return false;
	}
	v->name = strdup(name);
	v->next = p->variables;
	p->variables = v;
	while (!is(next(r), ";"))
		if (is(r->token, ""))
			return wrong(r, "", "unexpected end of file");
	return true;
}

bool tandem_fake_ptx_read(struct ptx *p, const char *text, char *log, size_t log_size)
{
	struct reader r = {.at = text, .line = 1, .log = log, .log_size = log_size};
	bool sized = false;
	size_t ignored = 0;
	memset(p, 0, sizeof *p);
	for (;;) {
		const char *t = next(&r);
		if (is(t, ""))
			break;
		if (is(t, ".version")) {
			int major = 0, minor = 0;
			if (sscanf(next(&r), "%d.%d", &major, &minor) != 2)
				return wrong(&r, r.token, "syntax error");
			p->version = 10 * major + minor;
			continue;
		}
		if (p->version == 0)
			return wrong(&r, t, "missing .version directive at start of file");
		if (is(t, ".target")) {
			if (sscanf(next(&r), "sm_%d", &p->target) != 1)
				return wrong(&r, r.token, "unknown target");
			r.at += strcspn(r.at, "\n"); /* debug, texmode_... */
		} else if (is(t, ".address_size")) {
			sized = is(next(&r), "64");
		} else if (is(t, ".entry")) {
			if (!entry(&r, p))
				return false;
		} else if (is(t, ".global") || is(t, ".const")) {
			if (!variable(&r, p))
				return false;
		} else if (is(t, "{")) { /* of a .func */
			if (!body(&r, &ignored))
				return false;
		} else if (t[0] == '.' && strlen(t) > 1) {
			continue; /* .visible, .extern, .func, .file, .section ... */
		} else if (p->target == 0) {
			return wrong(&r, t, "missing .target directive");
		} else if (is(t, "}")) {
			return wrong(&r, t, "syntax error");
		}
	}
	if (p->version == 0 || p->target == 0 || !sized)
		return wrong(&r, "", "missing .version, .target or .address_size 64 directive");
	return true;
}

void tandem_fake_ptx_free(struct ptx *p)
{
	for (struct ptx_entry *e; (e = p->entries) != NULL; free(e)) {
		p->entries = e->next;
		free(e->name);
		free(e->sizes);
	}
	for (struct ptx_variable *v; (v = p->variables) != NULL; free(v)) {
		p->variables = v->next;
		free(v->name);
	}
}
