package auth

import (
	"maps"
	"reflect"
	"slices"
)

// clone shares nothing with s that a caller could change: what the cache holds
// is the same for every request.
func (s Session) clone() Session {
	s.TokenHash = slices.Clone(s.TokenHash)
	s.Extra = maps.Clone(s.Extra)
	cloneInto(reflect.ValueOf(&s.User.Profile).Elem())
	if limit := s.User.MaxSessions; limit != nil {
		s.User.MaxSessions = new(*limit)
	}
	return s
}

// shares reports whether a copy of s shares something with it that a caller could change.
func (s *Session) shares() bool {
	return s.TokenHash != nil || s.Extra != nil || s.User.MaxSessions != nil || refers(reflect.ValueOf(s.User.Profile))
}

// refers reports whether there is anything in v that cloneInto would replace.
func refers(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && refers(v.Field(i)) {
				return true
			}
		}
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return !v.IsNil()
	}
	return false
}

// cloneInto replaces the slices, maps and pointers in v by copies. It goes by
// reflection because a project adds fields to Profile that are unknown here.
func cloneInto(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() { // JSON carries no other
				cloneInto(v.Field(i))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			copied := reflect.New(v.Type().Elem())
			copied.Elem().Set(v.Elem())
			cloneInto(copied.Elem())
			v.Set(copied)
		}
	case reflect.Slice:
		if !v.IsNil() {
			copied := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			reflect.Copy(copied, v)
			for i := range copied.Len() {
				cloneInto(copied.Index(i))
			}
			v.Set(copied)
		}
	case reflect.Map:
		if !v.IsNil() {
			cloneMap(v)
		}
	}
}

func cloneMap(v reflect.Value) {
	copied := reflect.MakeMapWithSize(v.Type(), v.Len())
	for each := v.MapRange(); each.Next(); {
		value := reflect.New(v.Type().Elem()).Elem()
		value.Set(each.Value())
		cloneInto(value)
		copied.SetMapIndex(each.Key(), value)
	}
	v.Set(copied)
}
