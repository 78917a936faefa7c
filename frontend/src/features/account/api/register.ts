import { api, outcomeOf } from '#lib/api/client.ts';

/** Asks for an account; the answer is the same whether or not the address is known. */
export function register(credentials: { email: string; password: string }) {
  return outcomeOf(api.POST('/v1/auth/register', { body: credentials }));
}
