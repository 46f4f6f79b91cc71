package main

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

func (g growth) markdown() string {
	var out strings.Builder
	m := g.Machine
	fmt.Fprintf(&out, "Measured on %s: %s, %d processors, %s, %s. Medians, in µs, of %d runs each, one after the other, from Go to the database and back.\n\n", m.Date, m.Processor, m.Processors, m.System, m.Go, operationRuns)
	out.WriteString("### Rows of sessions\n\n" + growthTable(g.Rows, "rows") + "\n### Sessions of one user\n\n" + growthTable(g.Users, "sessions"))
	out.WriteString("\n### The rest\n\n| | |\n|---|---|\n")
	for _, s := range g.Scans {
		fmt.Fprintf(&out, "| PostgreSQL, reads of `%s` among the most rows: by an index, sequentially | %d, %d |\n", s.Table, s.Index, s.Sequential)
	}
	for _, v := range g.View {
		fmt.Fprintf(&out, "| a remembered session, %s, while the instance knows of %d endings | %.0f ns |\n", v.Strategy, v.Endings, v.Nanos.Median)
		if v.Endings > 0 {
			fmt.Fprintf(&out, "| memory of each ending | %.0f bytes |\n", v.Bytes)
		}
	}
	fmt.Fprintf(&out, "| memory of each event stream, of %d | %.1f KiB |\n", g.Streams.Open, g.Streams.Bytes/1024)
	if len(g.Instances) > 0 {
		out.WriteString("\n### Instances on one PostgreSQL\n\nOf the same requests, each instance gets a part. At rest an instance polls for what ended every two seconds, and looks for mail and for what is to be collected.\n\n" +
			"| instances | CPU of a request, µs, jwt, remembered: median (min to max) | transactions a second at rest, all together |\n|---|---|---|\n")
		for _, one := range g.Instances {
			fmt.Fprintf(&out, "| %d | %.0f (%.0f to %.0f) | %.1f |\n", one.Count, one.Micros.Median, one.Micros.Min, one.Micros.Max, one.AtRest)
		}
	}
	return out.String()
}

// sizesOf are the columns.
func sizesOf(all []grown) (sizes []int) {
	for _, one := range all {
		sizes = append(sizes, one.Size)
	}
	slices.Sort(sizes)
	return slices.Compact(sizes)
}

func growthTable(all []grown, what string) string {
	var out strings.Builder
	sizes := sizesOf(all)
	out.WriteString("| |")
	for _, size := range sizes {
		fmt.Fprintf(&out, " %d %s |", size, what)
	}
	out.WriteString("\n|---|" + strings.Repeat("---|", len(sizes)) + "\n")
	for i, one := range all {
		if i == 0 || all[i-1].Operation != one.Operation || all[i-1].Database != one.Database {
			fmt.Fprintf(&out, "| %s, %s |", one.Database, one.Operation)
		}
		fmt.Fprintf(&out, " %.0f |", one.Micros.Median)
		if i == len(all)-1 || all[i+1].Operation != one.Operation || all[i+1].Database != one.Database {
			out.WriteString("\n")
		}
	}
	return out.String()
}

// svg draws a small chart for each operation: time over rows, both logarithmic, with a line
// for each database.
func (g growth) svg() string {
	const columns, width, height, pad = 4, 215, 150, 28
	operations := []string{}
	for _, one := range g.Rows {
		if !slices.Contains(operations, one.Operation) {
			operations = append(operations, one.Operation)
		}
	}
	sizes := sizesOf(g.Rows)
	first, last := math.Log10(float64(sizes[0])), math.Log10(float64(sizes[len(sizes)-1]))
	var out strings.Builder
	for i, operation := range operations {
		left, top := i%columns*width, i/columns*height
		x := func(size int) float64 {
			return float64(left) + pad + (math.Log10(float64(size))-first)/max(last-first, 1)*(width-2*pad)
		}
		y := func(micros float64) float64 { // 10 µs at the bottom, 10 ms at the top
			return float64(top) + height - pad - (math.Log10(min(max(micros, 10), 10_000))-1)/3*(height-2*pad)
		}
		fmt.Fprintf(&out, "<text class=\"head\" x=\"%d\" y=\"%d\">%s</text>\n", left+pad, top+16, html.EscapeString(operation))
		for _, micros := range []float64{10, 100, 1000, 10_000} {
			fmt.Fprintf(&out, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.0f\" y2=\"%.0f\"/>\n", left+pad, left+width-pad, y(micros), y(micros))
		}
		for class, database := range []string{"SQLite", "PostgreSQL"} {
			var points []string
			for _, one := range g.Rows {
				if one.Operation == operation && one.Database == database {
					points = append(points, fmt.Sprintf("%.0f,%.0f", x(one.Size), y(one.Micros.Median)))
				}
			}
			fmt.Fprintf(&out, "<polyline class=\"line%d\" points=\"%s\"/>\n", class, strings.Join(points, " "))
		}
	}
	bottom := (len(operations) + columns - 1) / columns * height
	fmt.Fprintf(&out, "<text class=\"small\" x=\"%d\" y=\"%d\">across: %d to %d rows of sessions; up: 10 µs to 10 ms; blue: SQLite; orange, dashed: PostgreSQL</text>\n",
		pad, bottom+14, sizes[0], sizes[len(sizes)-1])
	return fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Time of what the database is asked, over the number of sessions\">\n", columns*width, bottom+24) +
		svgStyle + out.String() + "</svg>\n"
}
