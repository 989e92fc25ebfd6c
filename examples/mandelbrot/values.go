package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// size is a flag's value such as 1280x800.
type size struct{ w, h int }

func (s *size) String() string { return fmt.Sprintf("%dx%d", s.w, s.h) }

func (s *size) Set(text string) error {
	w, h, ok := strings.Cut(strings.ToLower(text), "x")
	var errs [2]error
	s.w, errs[0] = strconv.Atoi(w)
	s.h, errs[1] = strconv.Atoi(h)
	if !ok || errs != [2]error{} {
		return errors.New("want two whole numbers such as 1280x800")
	}
	return nil
}

// point is a flag's value such as -0.75,0.1.
type point struct{ x, y float64 }

func (p *point) String() string {
	return strconv.FormatFloat(p.x, 'g', -1, 64) + "," + strconv.FormatFloat(p.y, 'g', -1, 64)
}

func (p *point) Set(text string) error {
	x, y, ok := strings.Cut(text, ",")
	var errs [2]error
	p.x, errs[0] = strconv.ParseFloat(strings.TrimSpace(x), 64)
	p.y, errs[1] = strconv.ParseFloat(strings.TrimSpace(y), 64)
	if !ok || errs != [2]error{} {
		return errors.New("want two numbers such as -0.75,0.1")
	}
	return nil
}
