// A provider on 127.0.0.1 that knows whoever says a name: node provider.mjs PORT REDIRECT_URI.
// The name is an e-mail address, which it has verified; of `how:address` the address is the second part, and `unverified:` says so.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [port, back] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "muniment", client_secret: "a secret of the client", redirect_uris: [back] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  pkce: { methods: ["S256"], required: () => true },
  findAccount: (_, sub) => {
    const [how, email] = sub.includes(":") ? sub.split(":") : ["", sub];
    return { accountId: sub, claims: () => ({ sub, email, email_verified: how !== "unverified" }) };
  },
});
createServer(provider.callback()).listen(Number(port), "127.0.0.1", () => console.log("listening"));
