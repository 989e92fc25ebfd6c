// Command report makes bench/report.html of a results file, and the performance
// section of README.md of the same figures. -h says how to use it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tandem-go/tandem/bench/internal/browser"
	"github.com/tandem-go/tandem/bench/internal/measure"
	"github.com/tandem-go/tandem/bench/internal/report"
)

const usage = `report makes a page of a results file, and a section of README.md.

  go run ./bench/cmd/report -html bench/report.html FILE
  go run ./bench/cmd/report -readme README.md FILE
  go run ./bench/cmd/report -readme README.md -check FILE
                                       fail if README.md says anything else

`

func main() {
	if err := run(os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("report", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	html := flags.String("html", "", "write the page to this `file`")
	readme := flags.String("readme", "", "rewrite the performance section of this `file`")
	png := flags.String("png", "", "write the first screen of the page, as a browser shows it, to this `file`")
	check := flags.Bool("check", false, "write nothing; fail if the readme is not what the results say")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("which results file? see -h")
	}
	path := flags.Arg(0)
	results, err := measure.ReadFile(path)
	if err != nil {
		return err
	}
	if *html != "" && !*check {
		f, err := os.Create(*html)
		if err != nil {
			return err
		}
		if err := errors.Join(report.Write(f, filepath.ToSlash(path), results), f.Close()); err != nil {
			return err
		}
		fmt.Println(*html)
	}
	if *png != "" && !*check {
		if err := picture(*png, *html); err != nil {
			return err
		}
	}
	if *readme == "" {
		return nil
	}
	text, err := os.ReadFile(*readme)
	if err != nil {
		return err
	}
	if *check {
		return report.CheckReadme(text, filepath.ToSlash(path), results)
	}
	text, err = report.UpdateReadme(text, filepath.ToSlash(path), results)
	if err != nil {
		return err
	}
	return os.WriteFile(*readme, text, 0o644)
}

// picture has a browser show the page. Without one it only says so.
func picture(png, html string) error {
	if html == "" {
		return errors.New("-png needs -html")
	}
	page, err := browser.Open(context.Background(), html, browser.Look{Width: 1280, Height: 800})
	if errors.Is(err, browser.ErrNone) {
		fmt.Fprintf(os.Stderr, "report: %s is as it was: %v\n", png, err)
		return nil
	}
	if err != nil {
		return err
	}
	defer page.Close()
	shot, err := page.Screenshot()
	if err != nil {
		return err
	}
	fmt.Println(png)
	return os.WriteFile(png, shot, 0o644)
}
