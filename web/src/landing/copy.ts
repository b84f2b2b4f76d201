export const copy = {
  title: 'Sign-in you can watch, and end.',
  lead: 'Voxgate signs the people of many companies in, with a second factor where it counts. Administrators see every sign-in as it happens, and end any session at once.',
  register: 'Register a company',
  login: 'Sign in',
  api: 'API reference',
  proofs: [
    {
      title: 'Out means out',
      body: 'End a session, and its browser is back at the sign-in page in under a second. Tokens die with their session, on every request, not when they would have run out.',
    },
    {
      title: 'One program, one database',
      body: 'A single binary serves the API, this web app and the live channel. It needs PostgreSQL and nothing else; companies are kept apart by the database itself.',
    },
    {
      title: 'A log that proves itself',
      body: 'Whatever changes an account is written in the same step as the change. Each entry is chained to the one before; one button walks the chain.',
    },
  ],
  excerptTitle: 'Plain HTTP, for every language',
  excerptBody:
    'The web app has no door of its own: what it does, your programs do with the same API. It is described in OpenAPI 3.1, and every refusal says what to do next.',
  excerpt: `POST /api/auth/login
{ "email": "ada@example.com", "password": "…" }

200 OK
{ "status": "mfa_required",
  "methods": ["totp", "backup_code"],
  "mfa_token": "…" }

POST /api/users/{id}/force-logout

200 OK
{ "sessions_revoked": 3, "sockets_closed": 2, … }`,
  foot: 'Voxgate is free software, under MIT or Apache 2.0.',
};
