import NextAuth from "next-auth"

const trusted = 60, usable = 300      // seconds since Latchkey last vouched for the session

export const { auth, handlers } = NextAuth({
  providers: [],                      // signing in is Latchkey's
  session: { strategy: "jwt" },
  callbacks: {
    async jwt({ token }) {
      const age = Date.now() / 1000 - Math.max(token.vat ?? 0, token.asked ?? 0)
      if (age < trusted) return token
      const { cookies } = await import("next/headers")
      const cookie = (await cookies()).toString()
      try {
        const answer = await fetch("http://latchkey.internal:8080/auth/session", {
          headers: { cookie }, cache: "no-store", signal: AbortSignal.timeout(2000),
        })
        const session = answer.ok ? await answer.json() : undefined
        if (session === null) return null                              // ended: Auth.js deletes the cookie
        if (session) return { ...token, name: session.user.name, email: session.user.email, asked: Date.now() / 1000, unknown: false }
      } catch {}                      // no answer, or one that is not Latchkey's
      return { ...token, unknown: age > usable }                       // never throw: Auth.js would delete the cookie
    },
    session({ session, token }) {
      session.user.id = token.sub
      session.unknown = token.unknown                                  // neither in nor out: say "try again", show nothing private
      return session
    },
  },
})
