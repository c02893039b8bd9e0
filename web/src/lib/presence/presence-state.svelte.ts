import type { Awareness } from 'y-protocols/awareness';
import { readPeople, type Person, type Place, type Status } from './presence.ts';

/** Without a key or a touch for this long somebody is idle. */
const idleAfterMs = 120_000;
/** The playhead is told at most this often. */
const tellEveryMs = 400;
const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

/** Who else is in the project and where; what this window tells of its own person; and whom it follows. */
export class Presence {
	people = $state.raw<Person[]>([]);
	#followedId = $state<string | null>(null);
	readonly #awareness: Awareness;
	readonly #accountId: string;
	#place: Place = { view: '', shotId: null, sceneId: null, frame: null };
	#status: Status = 'active';
	#usedAt = Date.now();
	#idleTimer: ReturnType<typeof setTimeout> | undefined;
	#tellTimer: ReturnType<typeof setTimeout> | undefined;

	constructor(awareness: Awareness, accountId: string) {
		this.#awareness = awareness;
		this.#accountId = accountId;
		awareness.on('change', this.#read);
		for (const sign of signs) addEventListener(sign, this.#used, { passive: true, capture: true });
		document.addEventListener('visibilitychange', this.#seen);
		this.#tellStatus('active');
		this.#rest();
	}

	/** The person whose steps this window takes; null when they have left or nobody is followed. */
	readonly followed: Person | null = $derived.by(() => this.people.find(({ id }) => id === this.#followedId) ?? null);

	/** Goes where somebody goes, until `unfollow`. */
	follow(accountId: string): void {
		this.#followedId = accountId;
	}
	unfollow(): void {
		this.#followedId = null;
	}

	/** Tells the others where this person is; many calls at once are told once. */
	tell(change: Partial<Place>): void {
		const place = { ...this.#place, ...change };
		if ((Object.keys(place) as (keyof Place)[]).every((key) => place[key] === this.#place[key])) return;
		this.#place = place;
		if (change.frame === undefined || change.frame === null) return this.#tellPlace();
		this.#tellTimer ??= setTimeout(() => this.#tellPlace(), tellEveryMs);
	}

	destroy(): void {
		clearTimeout(this.#idleTimer);
		clearTimeout(this.#tellTimer);
		this.#awareness.off('change', this.#read);
		for (const sign of signs) removeEventListener(sign, this.#used, { capture: true });
		document.removeEventListener('visibilitychange', this.#seen);
	}

	readonly #read = (): void => {
		this.people = readPeople(this.#awareness.getStates(), this.#accountId);
	};
	readonly #used = (): void => {
		this.#usedAt = Date.now();
		if (this.#status !== 'active') this.#tellStatus('active');
		this.#rest();
	};
	readonly #seen = (): void => {
		if (document.hidden) this.#tellStatus('away');
		else this.#used();
	};

	#rest(): void {
		clearTimeout(this.#idleTimer);
		this.#idleTimer = setTimeout(() => this.#status === 'active' && this.#tellStatus('idle'), idleAfterMs);
	}
	#tellStatus(status: Status): void {
		this.#status = status;
		this.#awareness.setLocalStateField('here', { status, usedAt: this.#usedAt });
	}
	#tellPlace(): void {
		clearTimeout(this.#tellTimer);
		this.#tellTimer = undefined;
		this.#awareness.setLocalStateField('place', this.#place);
	}
}
