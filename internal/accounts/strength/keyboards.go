package strength

import "sync"

// keyboardRow is how far apart the rows of a keyboard are: more than a row is
// long, so that a step along a row is never taken for one to another row.
const keyboardRow = 100

// keyboards are rows of keys, top row first, of the layouts that most of the
// world types on.
var keyboards = [][]string{
	{"1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"},
	{"!@#$%^&*()_+", "QWERTYUIOP{}", "ASDFGHJKL:\"", "ZXCVBNM<>?"},
	{"1234567890ß", "qwertzuiopü+", "asdfghjklöä", "yxcvbnm,.-"},
	{"!\"§$%&/()=?", "", "", ""},
	{"1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn,;:!"},
	{"1234567890", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю."},
	{"1234567890", ";ςερτυθιοπ", "ασδφγηξκλ", "ζχψωβνμ"},
	{"", "ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرلاىةوزظ"},
	{"", "/'קראטוןםפ", "שדגכעיחלךף", "זסבהנמצתץ"},
	{"", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ"},
	{"789", "456", "123", "0"},
}

// places are the orders in which characters can follow one another: the
// alphabet of any script, and each keyboard.
var places = sync.OnceValue(func() []func(rune) (int, bool) {
	all := []func(rune) (int, bool){func(r rune) (int, bool) { return int(r), true }}
	for _, rows := range keyboards {
		at := map[rune]int{}
		for y, row := range rows {
			for x, key := range fold(row) {
				at[key] = y*keyboardRow + x
			}
		}
		all = append(all, func(r rune) (int, bool) { place, ok := at[r]; return place, ok })
	}
	return all
})
