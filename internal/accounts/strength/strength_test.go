package strength_test

import (
	"strings"
	"testing"

	"latchkey/internal/accounts/strength"
)

// enough is what accounts asks of a password at the default length.
const enough = 10

var known = []string{"Latchkey", "ada.lovelace@example.com", "Ada Lovelace"}

// weak passwords have the default length of 15 characters or more, and fall
// apart into what attackers try first.
var weak = []string{
	"passwordpassword1", "passwordpassword", "Password1!Password1!", "P@ssw0rdP@ssw0rd", "drowssapdrowssap", "mypassword12345",
	"aaaaaaaaaaaaaaab", "aaaaaaaaaaaaaaaaaaaa", "abababababababab", "abcabcabcabcabc1", "xyzxyzxyzxyzxyzxyz", "ééééééééééééééééé",
	"qwertyuiop123456", "qwertyuiopasdfgh", "1q2w3e4r5t6y7u8i", "1qaz2wsx3edc4rfv", "zxcvbnmasdfghjkl", "qazwsxedcrfvtgby", "azertyuiop123456",
	"123456789012345", "1234567890123456", "987654321098765", "abcdefghijklmnop", "zyxwvutsrqponmlk", "0123456789abcdef", "111111111111111",
	"112233445566778899", "123123123123123", "000000000000001", "19841984198419841984", "31.12.199931.12.1999", "01012000010120001",
	"correcthorsebatterystaple", "correct horse battery staple", "CorrectHorseBatteryStaple1!", "tobeornottobethatisthequestion",
	"iloveyouiloveyou", "iloveyouforever", "iloveyousomuch123", "letmeinletmein123", "welcomewelcome1", "adminadminadmin1", "administrator123",
	"footballfootball", "monkeymonkey1234", "dragondragon1234", "sunshine12345678", "princessprincess", "superman12345678",
	"Summer2024Summer", "Winter2023!!!!!!!", "September20232023", "monday tuesday", "januaryfebruary1", "december31december",
	"jessicajessica12", "michaelmichael1", "charlie12345678", "ashleyashley2000", "liverpool123456", "chelseachelsea1",
	"adalovelace12345", "ada.lovelace@example.com", "latchkeylatchkey", "Latchkey2026!!!!", "ecalevol ada 123", "lovelacelovelace1",
	"qwertzuiopasdfgh", "passwortpasswort1", "motdepasse12345", "contraseña123456", "пароль123456789", "йцукенгшщзхъ1234",
	"hallo123hallo123", "schatzschatz1234", "jetaimejetaime12", "teamoteamoteamo", "changemechangeme", "changeme12345678",
}

// strong ones are what people who take care choose, in any script.
var strong = []string{
	"seven quiet ships at noon", "eleven slow trains at dawn", "obscure violin marsh tangent", "obscureviolinmarshtangent",
	"copper-lantern-forgets-tuesday", "thimble orchard velocity prune", "gravel pudding ostrich envelope", "Nine turtles read the Gazette",
	"my aunt keeps bees in Leeds", "the third kettle never whistles", "purple staircases smell of rain", "walrus.tuba.napkin.comet",
	"unicycle fjord mustard quarrel", "bitter oranges hum at night", "zinc tulip harbour phantom", "a ladder made of old receipts",
	"x7#Kq9!vLm2$Rt8z", "kV3wZp8QnT6yLb1c", "9fR2mXc7LqW4tZb8", "gh7-Kd2-Wp9-Lx4-Qm", "tr0ub4dor-violet-kiln&9",
	"sieben stille Schiffe am Mittag", "Kupferlaterne vergisst den Dienstag", "Der Ofen im Keller singt leise", "Grüne Treppen riechen nach Regen",
	"sept navires tranquilles à midi", "ma tante élève des abeilles à Lille", "le troisième chaudron ne siffle jamais", "l'échelle verte pleure le jeudi",
	"siete barcos callados al mediodía", "mi tía cría abejas en Lugo", "la escalera verde huele a lluvia", "sette navi silenziose a mezzogiorno",
	"sete barcos calados ao meio-dia", "zeven stille schepen om twaalf uur", "sju tysta skepp vid middagstid", "siedem cichych statków w południe",
	"sedm tichých lodí v poledne", "hét csendes hajó délben ring", "yedi sessiz gemi öğle vakti", "bảy con tàu lặng lẽ giữa trưa",
	"επτά ήσυχα πλοία το μεσημέρι", "η θεία μου τρέφει μέλισσες", "семь тихих кораблей в полдень", "тётя разводит пчёл в Туле",
	"сім тихих кораблів опівдні", "седем тихи кораба по пладне", "سبع سفن هادئة عند الظهر", "خالتي تربي النحل في طنجة",
	"שבע ספינות שקטות בצהריים", "सात शांत जहाज़ दोपहर में", "मेरी मौसी मधुमक्खियाँ पालती हैं", "সাতটি শান্ত জাহাজ দুপুরে",
	"ஏழு அமைதியான கப்பல்கள் நண்பகலில்", "เรือเงียบเจ็ดลำตอนเที่ยงวัน", "正午に七隻の静かな船が並ぶ", "おばさんは長野で蜂を飼っている",
	"中午有七艘安静的船停在港口边", "我姑姑在昆明的山坡上养了很多蜜蜂", "정오에 조용한 배 일곱 척이 떠 있다", "이모는 전주에서 꿀벌을 키우신다",
	"🎻🦔🍋🚂🪴🧊🦑🎈🥨🪵🛶🐝🧦🍄🔭", "violín 🎻 erizo 🦔 limón tren", "七 Schiffe тихо à midi ναι",
	"የሰባት ጸጥ ያሉ መርከቦች እኩለ ቀን", "შვიდი წყნარი გემი შუადღისას", "յոթ լուռ նավ կեսօրին լճում",
}

func TestWhatAttackersTryFirstIsWeak(t *testing.T) { // PW-5
	for _, password := range weak {
		if got := strength.Of(password, known...); got.Guesses >= enough {
			t.Errorf("Of(%q) = 10^%.1f guesses, want fewer than 10^%d", password, got.Guesses, enough)
		}
	}
}

func TestPassphrasesInAnyScriptAreStrong(t *testing.T) { // PW-6
	for _, password := range strong {
		if got := strength.Of(password, known...); got.Guesses < enough {
			t.Errorf("Of(%q) = 10^%.1f guesses, want 10^%d or more", password, got.Guesses, enough)
		}
	}
}

func TestOfSaysWhatAPasswordIsMadeOf(t *testing.T) {
	for password, want := range map[string]strength.Kind{
		"adalovelace": strength.Known, "iloveyou": strength.Word, "trustno1": strength.Word, "tgbyhnujm": strength.Pattern, "ж≠7Ю¤": strength.Rest,
	} {
		if got := strength.Of(password, known...); got.Kinds&want == 0 {
			t.Errorf("Of(%q).Kinds = %b, want %b in it", password, got.Kinds, want)
		}
	}
}

func TestWhatIsKnownOfTheUserCostsNothing(t *testing.T) {
	const password = "wolfeschlegelstein"
	alone, told := strength.Of(password), strength.Of(password, "Wolfe Schlegelstein", "wolfe@example.com")
	if told.Guesses >= alone.Guesses || told.Kinds&strength.Known == 0 {
		t.Errorf("Of(%q) = %v, and %v for a user of that name, want fewer guesses", password, alone, told)
	}
}

func FuzzOf(f *testing.F) {
	for _, seed := range []string{"", "\xff", "a\u0301", "\u202e\u200b", strings.Repeat("1a", 600), "پسورد", "🇩🇪🏳️‍🌈"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, password, known string) {
		if got := strength.Of(password, known); got.Guesses < 0 || got.Guesses != got.Guesses {
			t.Errorf("Of(%q) = %v guesses", password, got.Guesses)
		}
	})
}
