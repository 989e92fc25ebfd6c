// Imagefilter blurs, sharpens or finds the edges of a picture on all devices.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tandem-go/tandem/examples/internal/cli"
	"github.com/tandem-go/tandem/examples/internal/outfile"
	"github.com/tandem-go/tandem/examples/internal/report"
)

const summary = `Imagefilter blurs, sharpens or finds the edges of a PNG or JPEG, on all devices.

The filters are separable convolutions, rows first and columns second; what lies
between stays on the devices that computed it.`

func main() { cli.Main("imagefilter", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := cli.NewFlags("imagefilter", summary,
		"-op blur -sigma 8 -i photo.jpg -o out.png",
		"-op edges -i photo.jpg -o edges.jpg")
	op := f.String("op", "blur", "the `filter`: blur, sharpen or edges")
	sigma := f.Float64("sigma", 3, "the width of the blur, in pixels; also that which sharpen undoes")
	amount := f.Float64("amount", 1, "how much sharpen adds")
	in := f.String("i", "", "the PNG or JPEG `file` to read")
	out := f.String("o", "", "the PNG or JPEG `file` to write")
	if err := f.Parse(args, stdout); err != nil {
		return err
	}
	filter, err := newFilter(*op, *sigma, *amount)
	if err != nil {
		return err
	}
	switch {
	case *in == "":
		return errors.New("-i: name a picture to read (-h lists the flags)")
	case *out == "":
		return errors.New("-o: name a file to write (-h lists the flags)")
	}
	encode, err := encoderFor(*out)
	if err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	picture, err := read(*in)
	if err != nil {
		return fmt.Errorf("-i: %w", err)
	}
	file, err := outfile.Create(*out)
	if err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	defer file.Discard()

	s, err := f.Open(stderr)
	if err != nil {
		return err
	}
	defer s.Close() // its errors would not change the picture

	var tally report.Tally
	start := time.Now()
	result, err := filter.apply(ctx, s, picture, &tally)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s of %d×%d pixels in %s\n", *op, picture.width, picture.height,
		report.Duration(time.Since(start).Round(time.Microsecond)))
	if err := tally.Write(stdout, "indices", 1); err != nil {
		return err
	}
	if err := encode(file, result.image()); err != nil {
		return fmt.Errorf("-o %s: %w", *out, err)
	}
	if err := file.Commit(); err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	fmt.Fprintf(stdout, "wrote %s\n", *out)
	return nil
}
