import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { accountApi } from '../../shared/src/account/api.ts';
import { pathOf, type Endpoint, type ReplyOf, type RequestOf } from '../../shared/src/http/endpoint.ts';

const password = 'a long enough secret';

export type Answered = { status: number; body: unknown };

/** Somebody who asks until there is an answer, each time under the same idempotency key, whoever is killed meanwhile. */
export class Asker {
	readonly id: string;
	private readonly url: string;
	private readonly email: string;
	private token: string;

	private constructor(url: string, about: { id: string; email: string; token: string }) {
		this.url = url;
		this.id = about.id;
		this.email = about.email;
		this.token = about.token;
	}

	static async signUp(url: string, name: string): Promise<Asker> {
		const body = {
			email: `${name.toLowerCase()}-${randomUUID().slice(0, 8)}@example.org`,
			password,
			name,
			language: 'en',
		};
		const { body: signedIn } = await untilAnswered(url, accountApi.register, { body });
		const { accessToken, account } = signedIn as ReplyOf<typeof accountApi.register>;
		return new Asker(url, { id: account.id, email: body.email, token: accessToken });
	}

	/** Asks; throws what was refused. */
	async call<E extends Endpoint>(endpoint: E, request: RequestOf<E>): Promise<ReplyOf<E>> {
		const answer = await this.ask(endpoint, request);
		if (answer.status >= 400) throw new Error(`${endpoint.path}: ${answer.status} ${JSON.stringify(answer.body)}`);
		return answer.body as ReplyOf<E>;
	}

	/** Asks, and answers refusals as well; signs in again when that has ended. */
	async ask(endpoint: Endpoint, request: object, key: string = randomUUID()): Promise<Answered> {
		const ask = () => untilAnswered(this.url, endpoint, request, { ...this.credentials(), 'idempotency-key': key });
		const answer = await ask();
		if (answer.status !== 401) return answer;
		const { body } = await untilAnswered(this.url, accountApi.login, { body: { email: this.email, password } });
		this.token = (body as ReplyOf<typeof accountApi.login>).accessToken;
		return ask();
	}

	/** What says in a request who asks. */
	credentials(): Record<string, string> {
		return { authorization: `Bearer ${this.token}` };
	}
}

/** Sends until somebody answers who is not away. */
async function untilAnswered(
	url: string,
	endpoint: Endpoint,
	{ params, body }: { params?: Record<string, string>; body?: unknown },
	headers: Record<string, string> = {},
): Promise<Answered> {
	for (;;) {
		try {
			const reply = await fetch(new URL(pathOf(endpoint, params), url), {
				method: endpoint.method.toUpperCase(),
				headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
				signal: AbortSignal.timeout(10_000),
			});
			const text = await reply.text();
			const answer = { status: reply.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
			// Who asks too often asks again; whoever has used up the day does not.
			const isTooOften = reply.status === 429 && (answer.body as { code?: string }).code !== 'quota-exceeded';
			if (reply.status < 500 && !isTooOften) return answer;
		} catch {
			// Killed before or while it answered.
		}
		await wait(100);
	}
}
