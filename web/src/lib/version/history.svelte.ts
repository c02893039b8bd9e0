import type * as Y from 'yjs';
import { limits } from '@reelroom/shared/limits.ts';
import { readBoard, scriptOf, type Board } from '@reelroom/shared/project/document.ts';
import { versionApi } from '@reelroom/shared/version/api.ts';
import { authorRuns, openFrozen, type AuthorRun } from '@reelroom/shared/version/authors.ts';
import type { Author, Version } from '@reelroom/shared/version/version.ts';
import { call } from '#lib/call.ts';

/** A state of the project that can be shown and compared. */
export type Frozen = { text: string; board: Board; runs: AuthorRun[]; people: Author[] };
/** What the chosen version is compared with: the one before it, the present, or a version of one's choice. */
export type Against = 'previous' | 'now' | (string & {});

/** Versions of one project that were read are kept, so that sliding back and forth asks once for each. */
const mostKept = 24;

/** The history of one project as it is shown: which versions there are, which one is looked at, against which. */
export class History {
	/** From the oldest that was read to the newest. */
	versions = $state.raw<Version[]>([]);
	/** Whether there are older ones than those that were read. */
	hasOlder = $state(false);
	loading = $state(true);
	failure = $state.raw<unknown>(null);
	/** Place on the slider; behind the last version stands the present. */
	at = $state(0);
	against = $state<Against>('previous');
	shown = $state.raw<Frozen | null>(null);
	other = $state.raw<Frozen | null>(null);
	readonly #projectId: string;
	readonly #doc: Y.Doc;
	readonly #kept = new Map<string, Promise<Frozen>>();
	#asked = 0;

	constructor(projectId: string, doc: Y.Doc) {
		this.#projectId = projectId;
		this.#doc = doc;
	}

	/** The version looked at; null for the present. */
	readonly chosen: Version | null = $derived.by(() => this.versions[this.at] ?? null);
	/** The version it is compared with; null for the present, or when there is none before it. */
	readonly otherVersion: Version | null = $derived.by(() => {
		if (this.against === 'now') return null;
		if (this.against === 'previous') return this.versions[this.at - 1] ?? null;
		return this.versions.find(({ id }) => id === this.against) ?? null;
	});

	/** Reads which versions there are, as far back as before; stays at the version looked at, or goes to the present. */
	async load(): Promise<void> {
		const chosenId = this.chosen?.id;
		const wasNow = this.chosen === null;
		this.loading = true;
		try {
			const versions: Version[] = [];
			do {
				const page = await this.#page(versions[0]);
				versions.unshift(...page);
				this.hasOlder = page.length === limits.pageItems;
			} while (this.hasOlder && versions.length < this.versions.length);
			this.versions = versions;
			const index = this.versions.findIndex(({ id }) => id === chosenId);
			this.at = wasNow || index < 0 ? this.versions.length : index;
			this.failure = null;
			this.loading = false;
			await this.show();
		} catch (failure) {
			this.failure = failure;
		} finally {
			this.loading = false;
		}
	}

	/** Goes to a place on the slider; one before its beginning is read first. */
	async go(at: number): Promise<void> {
		this.at = Math.max(0, Math.min(at, this.versions.length));
		try {
			if (at < 0 && (await this.#readOlder())) this.at--;
			await this.show();
		} catch (failure) {
			this.failure = failure;
		}
	}

	async compare(against: Against): Promise<void> {
		this.against = against;
		await this.show();
	}

	/** Reads what is to be shown; what was asked for before and comes later is dropped. */
	async show(): Promise<void> {
		const asked = ++this.#asked;
		try {
			// The first one that was read has one before it, too.
			if (this.at === 0 && this.against === 'previous') await this.#readOlder();
			if (asked !== this.#asked) return;
			const [chosen, other] = [this.chosen, this.otherVersion];
			const isAlone = other === null && this.against !== 'now';
			const [shown, beside] = await Promise.all([this.read(chosen), isAlone ? null : this.read(other)]);
			if (asked !== this.#asked) return;
			[this.shown, this.other, this.failure] = [shown, beside, null];
		} catch (failure) {
			if (asked === this.#asked) this.failure = failure;
		}
	}

	/** What a version holds; null for the present. */
	read(version: Version | null): Promise<Frozen> {
		if (version === null) return Promise.resolve(this.#present());
		const kept = this.#kept.get(version.id);
		if (kept !== undefined) return kept;
		const reading = fetchFrozen(version.id);
		this.#kept.set(version.id, reading);
		reading.catch(() => this.#kept.delete(version.id));
		const [oldest] = this.#kept.keys();
		if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
		return reading;
	}

	/** A page of versions from the oldest on: those before a version, or the newest. */
	async #page(before: Version | undefined): Promise<Version[]> {
		const query = before === undefined ? {} : { before: before.id };
		return (await call(versionApi.list, { params: { id: this.#projectId }, query })).toReversed();
	}
	/** Reads one page more, in front; the version looked at stays. Answers whether there was one, which asked for twice comes once. */
	async #readOlder(): Promise<boolean> {
		const [oldest] = this.versions;
		if (!this.hasOlder || oldest === undefined || this.loading) return false;
		this.loading = true;
		try {
			const page = await this.#page(oldest);
			this.versions = [...page, ...this.versions];
			this.at += page.length;
			this.hasOlder = page.length === limits.pageItems;
			return page.length > 0;
		} finally {
			this.loading = false;
		}
	}

	#present(): Frozen {
		return { text: scriptOf(this.#doc).toString(), board: readBoard(this.#doc), runs: [], people: [] };
	}
}

async function fetchFrozen(id: string): Promise<Frozen> {
	const { update, owners, people } = await call(versionApi.read, { params: { id } });
	const doc = openFrozen(Uint8Array.from(atob(update), (letter) => letter.charCodeAt(0)));
	const runs = authorRuns(doc, new Map(owners));
	const wrote = new Set(runs.map(({ accountId }) => accountId));
	const frozen = {
		text: scriptOf(doc).toString(),
		board: readBoard(doc),
		runs,
		people: people.filter((person) => wrote.has(person.id)),
	};
	doc.destroy();
	return frozen;
}
