import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { accountApi } from '../../shared/src/account/api.ts';
import { pathOf, type Endpoint, type ReplyOf, type RequestOf } from '../../shared/src/http/endpoint.ts';

export type Answered = { status: number; body: unknown };

/** Somebody who asks until there is an answer, each time under the same idempotency key, whoever is killed meanwhile. */
export class Asker {
	readonly id: string;
	private readonly url: string;
	private readonly token: string;

	private constructor(url: string, id: string, token: string) {
		this.url = url;
		this.id = id;
		this.token = token;
	}

	static async signUp(url: string, name: string): Promise<Asker> {
		const body = {
			email: `${name.toLowerCase()}-${randomUUID().slice(0, 8)}@example.org`,
			password: 'a long enough secret',
			name,
			language: 'en',
		};
		const { body: signedIn } = await untilAnswered(url, accountApi.register, { body });
		const { accessToken, account } = signedIn as ReplyOf<typeof accountApi.register>;
		return new Asker(url, account.id, accessToken);
	}

	/** Asks; throws what was refused. */
	async call<E extends Endpoint>(endpoint: E, request: RequestOf<E>): Promise<ReplyOf<E>> {
		const answer = await this.ask(endpoint, request);
		if (answer.status >= 400) throw new Error(`${endpoint.path}: ${answer.status} ${JSON.stringify(answer.body)}`);
		return answer.body as ReplyOf<E>;
	}

	/** Asks, and answers refusals as well. */
	ask(endpoint: Endpoint, request: object, key: string = randomUUID()): Promise<Answered> {
		return untilAnswered(this.url, endpoint, request, {
			authorization: `Bearer ${this.token}`,
			'idempotency-key': key,
		});
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
			if (reply.status < 500 && reply.status !== 429) return answer;
		} catch {
			// Killed before or while it answered.
		}
		await wait(100);
	}
}
