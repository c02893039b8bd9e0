import { Problem, type ProblemCode } from '@reelroom/shared/problem.ts';
import type { ReplyOf, RequestOf } from '@reelroom/shared/http/endpoint.ts';
import { noteApi, reviewApi } from '@reelroom/shared/review/api.ts';
import { taskApi } from '@reelroom/shared/task/api.ts';
import { serverNow } from '#lib/clock.svelte.ts';
import { call } from '#lib/call.ts';
import type { Device } from '#lib/offline/device.ts';

/** What may wait for the network: calls that the server carries out once, however often they are sent. */
const sendable = {
	'task.generate': taskApi.generate,
	'note.create': noteApi.create,
	'note.edit': noteApi.edit,
	'note.delete': noteApi.delete,
	'note.resolve': noteApi.resolve,
	'note.reopen': noteApi.reopen,
	'review.set': reviewApi.set,
};
export type SendableName = keyof typeof sendable;
export type Request<Name extends SendableName> = RequestOf<(typeof sendable)[Name]>;
type Reply<Name extends SendableName> = ReplyOf<(typeof sendable)[Name]>;
/** What the server answered to a call, by the call's name. */
export type Answered = { [Name in SendableName]: { name: Name; reply: Reply<Name> } }[SendableName];

/** A call that is kept on this device until the server answers it. */
export type HeldAs<Name extends SendableName> = {
	/** Its idempotency key. */
	id: string;
	name: Name;
	request: Request<Name>;
	heldAt: number;
};
export type Held = { [Name in SendableName]: HeldAs<Name> }[SendableName];
/** A server that is away while the document's is not is tried again after this long. */
const tryAgainMs = 3_000;

type OutboxDeps = {
	device: Device;
	projectId: string;
	newId: () => string;
	/** False while it is known that nothing would come through, or that what the call is about has not arrived itself. */
	mayCall: () => boolean;
	answered(answer: Answered): void;
	refused(held: Held, problem: Problem): void;
	/** More or less is held than before. */
	changed(): void;
};

/** Calls of one project that could not be sent: kept over reloads, sent in order when the server is back, each carried out once. */
export class Outbox {
	held = $state.raw<Held[]>([]);
	/** Ids of those that this device does not keep, as it has no room or no database: leaving the page loses them. */
	#unkept = $state.raw<ReadonlySet<string>>(new Set());
	readonly #deps: OutboxDeps;
	#sending: Promise<void> | null = null;
	#again: ReturnType<typeof setTimeout> | undefined;

	constructor(deps: OutboxDeps) {
		this.#deps = deps;
		void this.#read();
	}

	/** Whether something held would be lost with this page. */
	get isOnlyHere(): boolean {
		return this.held.some(({ id }) => this.#unkept.has(id));
	}

	/** Calls now; answers null when the server is out of reach and the call is held instead. Refusals are thrown. */
	async send<Name extends SendableName>(name: Name, request: Request<Name>): Promise<Reply<Name> | null> {
		const held: HeldAs<Name> = { id: this.#deps.newId(), name, request, heldAt: serverNow() };
		if (this.#deps.mayCall() && this.held.length === 0) {
			try {
				return await this.#call(held);
			} catch (failure) {
				// The reply may be lost while the call arrived: under its key it can be sent again.
				if (!isAway(failure)) throw failure;
			}
		}
		// A call belongs to its own name; the compiler cannot see that of a name that is still open.
		this.held = [...this.held, held as unknown as Held];
		this.#deps.changed();
		if (!(await this.#deps.device.put(this.#keyOf(held), held))) this.#unkept = new Set([...this.#unkept, held.id]);
		this.#tryAgain();
		return null;
	}

	/** Takes a held call back before it was sent. */
	async drop(held: Held): Promise<void> {
		this.held = this.held.filter(({ id }) => id !== held.id);
		this.#deps.changed();
		await this.#deps.device.remove(this.#keyOf(held));
	}

	/** Sends what is held, in order, until the server is out of reach again. */
	flush(): Promise<void> {
		this.#sending ??= this.#flush().finally(() => (this.#sending = null));
		return this.#sending;
	}

	async #flush(): Promise<void> {
		// Another window may have sent some of it, or left some more.
		await this.#read();
		// What comes to be held meanwhile goes behind the rest.
		for (let held = this.held[0]; held !== undefined; held = this.held[0]) {
			if (!this.#deps.mayCall()) return;
			try {
				this.#deps.answered({ name: held.name, reply: await this.#call(held) } as Answered);
			} catch (failure) {
				if (isAway(failure)) return this.#tryAgain();
				if (!(failure instanceof Problem)) throw failure;
				this.#deps.refused(held, failure);
			}
			await this.drop(held);
		}
	}

	/** Stops trying; what is held stays held. */
	close(): void {
		clearTimeout(this.#again);
	}

	#tryAgain(): void {
		clearTimeout(this.#again);
		if (this.#deps.mayCall()) this.#again = setTimeout(() => void this.flush(), tryAgainMs);
	}

	#call<Name extends SendableName>({ id, name, request }: HeldAs<Name>): Promise<Reply<Name>> {
		return call(sendable[name], { ...request, idempotencyKey: id }, { stay: true }) as Promise<Reply<Name>>;
	}

	#keyOf = ({ heldAt, id }: Pick<Held, 'heldAt' | 'id'>): string =>
		`${this.#beginning}${String(heldAt).padStart(15, '0')}/${id}`;
	get #beginning(): string {
		return `outbox/${this.#deps.projectId}/`;
	}
	async #read(): Promise<void> {
		const { device } = this.#deps;
		const keys = await device.keys(this.#beginning);
		const held = await Promise.all(keys.map((key) => device.read(key)));
		const kept = held.filter(
			(one): one is Held =>
				typeof one === 'object' && one !== null && 'name' in one && (one.name as string) in sendable,
		);
		this.held = [...kept, ...this.held.filter(({ id }) => this.#unkept.has(id))];
	}
}

/** Out of reach, or the sign-in must be renewed first, or somebody else is signed in now: in all cases the call is still wanted. */
const away: ReadonlySet<ProblemCode> = new Set(['unavailable', 'token-invalid', 'sign-in-required', 'other-account']);
const isAway = (failure: unknown): boolean => failure instanceof Problem && away.has(failure.code);
