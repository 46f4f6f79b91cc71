// Package house checks the layout of this repository: inside a package, files
// depend on each other in one direction, so that each can be read from the top
// without jumping in circles. It has tests only.
package house
