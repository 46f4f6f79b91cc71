// The other side of differential_test.go: @auth/core itself, one JSON line in, one JSON line out.
// {claims, salt, secrets} is answered by {token}; {cookie, salt, secrets} by {claims}, null when @auth/core refuses.
import { createInterface } from "node:readline"
import { encode, getToken } from "@auth/core/jwt"

for await (const line of createInterface({ input: process.stdin })) {
  const { claims, cookie, salt, secrets } = JSON.parse(line)
  const answer = claims
    ? { token: await encode({ token: claims, salt, secret: secrets }) }
    : { claims: await getToken({ req: { headers: { cookie } }, cookieName: salt, salt, secret: secrets }) }
  console.log(JSON.stringify(answer))
}
