// Runs the configuration of documented.ts in the real Auth.js: what its
// session endpoint answers, and what becomes of the cookie.
import { json } from "node:stream/consumers"
import { Auth } from "@auth/core"
import { transform } from "esbuild"

const { source, ask, url, cookie, secret } = await json(process.stdin)

// The two modules that only Next.js has: one takes the configuration, the other
// knows the cookies of the request.
globalThis.NextAuth = (config) => { globalThis.config = config; return {} }
globalThis.headers = { cookies: async () => ({ toString: () => cookie }) }
const { code } = await transform(source, { loader: "ts" })
const module = code
  .replace(/^import NextAuth from "next-auth";$/m, "")
  .replace('import("next/headers")', "Promise.resolve(headers)")
  .replace("http://latchkey.internal:8080/auth/session", ask)
if (module.includes("next-auth") || module.includes("latchkey.internal")) throw new Error("the documented code has changed: adapt this file")
await import("data:text/javascript," + encodeURIComponent(module))

const quiet = { error() {}, warn() {}, debug() {} }
const response = await Auth(new Request(url, { headers: { cookie } }), {
  ...globalThis.config, secret, trustHost: true, basePath: "/auth", logger: quiet,
})
console.log(JSON.stringify({ session: await response.json(), setCookie: response.headers.getSetCookie() }))
