// A React application with the stock client of Auth.js, of which nothing is
// set but where our endpoints are. (It polls so often for the test's sake.)
// The test calls what it finds in window.client, as a button would.
import { useEffect } from "react"
import { createRoot } from "react-dom/client"
import { SessionProvider, signIn, signOut, useSession } from "next-auth/react"

function Account() {
  const { data, status, update } = useSession()
  useEffect(() => {
    window.client = { signIn, signOut, update }
  })
  return <p>{[status, data?.user.name, data?.user.email].filter(Boolean).join(" ")}</p>
}

createRoot(document.getElementById("app")).render(
  <SessionProvider basePath="/auth" refetchInterval={1}>
    <Account />
  </SessionProvider>,
)
