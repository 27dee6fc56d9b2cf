const KEY = "parley.claim";

/** The administrator link is `/#admin=TOKEN`: its token is kept while one signs in, and leaves the address at once. */
export function takeClaimFromAddress(): void {
  const token = /^#admin=(.+)$/.exec(window.location.hash)?.[1];
  if (token === undefined) return;
  sessionStorage.setItem(KEY, token);
  window.history.replaceState(null, "", "/claim");
}

export function waitingClaim(): string | null {
  return sessionStorage.getItem(KEY);
}

export function forgetClaim(): void {
  sessionStorage.removeItem(KEY);
}
