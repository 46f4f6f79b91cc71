package main

import (
	"fmt"
	"html"
	"strings"
)

// Sizes of the picture, in its own units.
const (
	svgWidth, svgLabels, svgRow = 980, 330, 24
	svgUnit                     = 160 // a ratio of 1
)

// svgStyle follows the reader's light or dark theme, also inside of an <img>.
const svgStyle = `<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.head { font-weight: 600 } .small { font-size: 11px; fill: #59636e }
.bar { fill: #4c8dd6 } .over { fill: #d1722c } .line { stroke: #59636e } .one { stroke: #59636e; stroke-dasharray: 3 3 } .target { stroke: #1a7f37; stroke-width: 3 }
.grid { stroke: #d1d9e0 } .line0, .line1 { fill: none; stroke: #4c8dd6; stroke-width: 2 } .line1 { stroke: #d1722c; stroke-dasharray: 5 3 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .small { fill: #9198a1 } .bar { fill: #4184e4 } .over { fill: #e0823d } .line, .one { stroke: #9198a1 } .target { stroke: #3fb950 } .grid { stroke: #3d444d }
}
</style>
`

// svg draws the ratios as bars, with whiskers from the least to the most, and a mark at each
// target.
func (r results) svg() string {
	var out strings.Builder
	y := 0
	text := func(x, y int, class, text string) {
		fmt.Fprintf(&out, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n", class, x, y, html.EscapeString(text))
	}
	line := func(class string, x1, y1, x2, y2 int) {
		fmt.Fprintf(&out, "<line class=\"%s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", class, x1, y1, x2, y2)
	}
	x := func(ratio float64) int { return svgLabels + int(min(ratio, 2.6)*svgUnit) }
	for _, path := range paths {
		y += 40
		text(8, y-8, "head", path+": CPU of a request, as a multiple")
		for _, one := range r.Ratios {
			if one.Path != path || one.Against == "" {
				continue
			}
			class, middle := "bar", y+svgRow/2
			if one.Target > 0 && one.Ratio.Median > one.Target {
				class = "over"
			}
			text(8, y+16, "", one.Name)
			fmt.Fprintf(&out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"><title>%s: %.2f of %s</title></rect>\n",
				class, svgLabels, y+4, x(one.Ratio.Median)-svgLabels, svgRow-8, html.EscapeString(one.Name), one.Ratio.Median, html.EscapeString(one.Against))
			line("line", x(one.Ratio.Min), middle, x(one.Ratio.Max), middle)
			line("line", x(one.Ratio.Min), middle-4, x(one.Ratio.Min), middle+4)
			line("line", x(one.Ratio.Max), middle-4, x(one.Ratio.Max), middle+4)
			if one.Target > 0 {
				line("target", x(one.Target), y+2, x(one.Target), y+svgRow-2)
			}
			text(max(x(one.Ratio.Max), x(one.Target))+8, y+16, "small", fmt.Sprintf("%.2f of %s", one.Ratio.Median, one.Against))
			y += svgRow
		}
	}
	line("one", x(1), 32, x(1), y)
	text(x(1)-4, y+16, "small", "1: the same as its control; green: the target")
	y += 28
	return fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"What a request costs with sessions, as a multiple of the same request without\">\n", svgWidth, y) +
		svgStyle + out.String() + "</svg>\n"
}
