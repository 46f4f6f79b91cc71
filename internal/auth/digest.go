package auth

import "crypto/sha256"

// hashToken is all that the database keeps of a random text. A fast hash is enough
// for one that cannot be guessed (ASVS 11.5.1).
func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
