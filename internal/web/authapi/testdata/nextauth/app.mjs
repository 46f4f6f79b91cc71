// What an Auth.js application on our domain does with the cookies it is sent:
// a middleware looks into them with getToken(); the session endpoint decodes
// them, runs the application's jwt callback and sets them anew.
import { json } from "node:stream/consumers"
import { Auth } from "@auth/core"
import { getToken } from "@auth/core/jwt"

const { url, cookie, secret } = await json(process.stdin)
const request = new Request(url, { headers: { cookie } })

const claims = await getToken({ req: request, secret, secureCookie: true })
const response = await Auth(request, {
  secret,
  trustHost: true,
  basePath: "/auth",
  providers: [],
  callbacks: { jwt: ({ token }) => ({ ...token, theirs: { seen: true } }) },
})
console.log(JSON.stringify({ claims, session: await response.json(), setCookie: response.headers.getSetCookie() }))
