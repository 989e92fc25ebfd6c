// Wordcount counts the words in the text files of a folder.
package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/tandem-go/tandem/examples/internal/cli"
	"github.com/tandem-go/tandem/examples/internal/progress"
	"github.com/tandem-go/tandem/examples/internal/report"
	"github.com/tandem-go/tandem/hybrid"
)

const summary = `Wordcount counts the words in all text files below a folder, and prints the most
frequent.

It is a pipeline: tasks read and count a file each, and their results are merged in
the files' order while further files are counted. Files that hold no text are left
out.`

func main() { cli.Main("wordcount", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := cli.NewFlags("wordcount", summary, "-dir .", "-dir ~/texts -top 50")
	dir := f.String("dir", ".", "the `folder`")
	top := f.Int("top", 20, "how many `words` to print")
	if err := f.Parse(leadingFolder(args), stdout); err != nil {
		return err
	}
	if *top < 0 {
		return fmt.Errorf("-top: %d words", *top)
	}
	if info, err := os.Stat(*dir); err != nil {
		return fmt.Errorf("-dir: %w", err)
	} else if !info.IsDir() {
		return fmt.Errorf("-dir: %s is not a folder", *dir)
	}
	s, err := f.Open(stderr)
	if err != nil {
		return err
	}
	defer s.Close() // its errors would not change the result

	start := time.Now()
	all, err := countAll(ctx, s, *dir, stderr)
	if err != nil {
		return err
	}
	took := time.Since(start)
	fmt.Fprintf(stdout, "%d words, %d of them different, in %d files of %s, in %s: %s/s on %d workers\n",
		all.total, len(all.words), all.files, report.Bytes(all.bytes), report.Duration(took),
		report.Bytes(int64(float64(all.bytes)/took.Seconds())), s.Workers())
	return printTop(stdout, all.words, *top)
}

// leadingFolder lets the folder be given without -dir.
func leadingFolder(args []string) []string {
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		return append([]string{"-dir", args[0]}, args[1:]...)
	}
	return args
}

// counts is what was found in one file, or in several.
type counts struct {
	words        map[string]int
	total, files int
	bytes        int64
}

func (c *counts) add(o counts) {
	for word, n := range o.words {
		c.words[word] += n
	}
	c.total += o.total
	c.files += o.files
	c.bytes += o.bytes
}

// countAll runs the pipeline.
func countAll(ctx context.Context, s *hybrid.Scheduler, dir string, stderr io.Writer) (counts, error) {
	all := counts{words: map[string]int{}}
	paths, err := files(dir)
	if err != nil {
		return all, err
	}
	bar := progress.New(stderr, "counting")
	defer bar.Close()
	seen := 0
	for c, err := range hybrid.MapSeq(ctx, s, slices.Values(paths), count) {
		if err != nil {
			return all, err
		}
		all.add(c)
		seen++
		bar.Set(seen, len(paths))
	}
	return all, nil
}

// files are the regular files below a folder, but for those in hidden folders.
func files(dir string) (paths []string, err error) {
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != dir && strings.HasPrefix(entry.Name(), "."):
			return filepath.SkipDir
		case entry.Type().IsRegular():
			paths = append(paths, path)
		}
		return nil
	})
	return paths, err
}

// count counts the words of a file: runs of letters, in lower case.
func count(ctx context.Context, path string) (counts, error) {
	content, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return counts{}, nil // gone since the walk, or none of our business
	case err != nil:
		return counts{}, err
	case bytes.IndexByte(content[:min(len(content), 8000)], 0) >= 0:
		return counts{}, nil // no text
	}
	c := counts{words: map[string]int{}, files: 1, bytes: int64(len(content))}
	for word := range bytes.FieldsFuncSeq(content, func(r rune) bool { return !unicode.IsLetter(r) }) {
		c.words[strings.ToLower(string(word))]++
		c.total++
	}
	return c, ctx.Err()
}

// printTop prints the most frequent words, with bars to compare them by.
func printTop(out io.Writer, words map[string]int, top int) error {
	sorted := slices.SortedFunc(maps.Keys(words), func(a, b string) int {
		return cmp.Or(cmp.Compare(words[b], words[a]), cmp.Compare(a, b))
	})
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, word := range sorted[:min(top, len(sorted))] {
		bar := strings.Repeat("█", max(1, 40*words[word]/words[sorted[0]]))
		fmt.Fprintf(w, "%s\t%d\t%s\n", word, words[word], bar)
	}
	return w.Flush()
}
