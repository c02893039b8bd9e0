import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { signUp, type Caller } from '../../cli/src/call.ts';
import { connectMongo } from '../../shared/node/mongo.ts';
import { projectApi } from '../../shared/src/project/api.ts';
import { readBoard, scriptOf } from '../../shared/src/project/document.ts';
import { scriptApi } from '../../shared/src/script/api.ts';
import { workspaceApi } from '../../shared/src/workspace/api.ts';
import { LiveDocument } from '../../web/src/lib/live-document.ts';
import { checkCopies, checkSaved, checkText, journalTimes, type Faults } from './books.ts';
import type { ChaosHouse } from './house.ts';
import { createRandom } from './random.ts';
import { Writer } from './writer.ts';

export type ChaosOptions = {
	seed: number;
	kills: number;
	limitMs: number;
	perSecond: number;
	say: (line: string) => void;
};
export type ChaosFigures = {
	seed: number;
	kills: { server: number; mongod: number };
	edits: number;
	acknowledged: number;
	savedChecked: number;
	/** Longest from a kill until every writer was shown Saved again, in ms. */
	recoveryMs: { server: number; mongod: number };
	scenes: number;
	faults: Faults;
};

const writers = 8;
const recoveryLimitMs = 20_000;
const script = 'INT. ROOM - DAY\n\nAn old man waits.\n\n外景 山路 夜\n\n愚公挖山。\n';

/** Eight people type into one document while servers and database are killed; then the books are checked. */
export async function runChaos(house: ChaosHouse, options: ChaosOptions): Promise<ChaosFigures> {
	const { seed, say } = options;
	const began = Date.now();
	const { callers, projectId } = await people(house.url);
	const open = callers.map(
		(caller, index) =>
			new Writer(
				`w${index}`,
				index >= writers - 2,
				createRandom(seed, index),
				liveOptions(house.url, projectId, caller, index),
			),
	);
	const faults: Faults = { lost: [], doubled: [], early: [], other: [] };
	const writing = open.map((writer) => writer.write(options.perSecond));
	const kills = { server: 0, mongod: 0 };
	const recoveryMs = { server: 0, mongod: 0 };
	const random = createRandom(seed, 100);
	await wait(1_000);
	while (kills.server + kills.mongod < options.kills && Date.now() - began < options.limitMs) {
		const victims = random.chance(0.25) ? 2 : 1;
		const struck: ('server' | 'mongod')[] = [];
		const returning = [];
		let lastAt = 0;
		for (let victim = 0; victim < victims; victim++) {
			const what = random.chance(0.15) ? 'mongod' : 'server';
			if (what === 'mongod' && struck.includes('mongod')) continue;
			struck.push(what);
			kills[what]++;
			lastAt = Date.now();
			returning.push(what === 'mongod' ? house.killMongod() : house.killServer(random.below(2)));
			await wait(random.below(400));
		}
		await allSavedSince(open, lastAt, faults);
		const kind = struck.includes('mongod') ? 'mongod' : 'server';
		if (victims === 1) recoveryMs[kind] = Math.max(recoveryMs[kind], Date.now() - lastAt);
		await Promise.all(returning);
		await wait(random.below(1_500));
	}
	for (const writer of open) writer.stop();
	await Promise.all(writing);
	say(`${kills.server + kills.mongod} kills in ${Math.round((Date.now() - began) / 1000)} s; checking the books`);
	await until(() => open.every(({ document }) => document.saveState === 'saved'), 'all are saved', faults);
	for (const writer of open) faults.other.push(...writer.wrong);

	const [owner] = callers;
	if (owner === undefined) throw new Error('Nobody is there.');
	// Asking for the text has the scenes reconciled once more, on one server; then both come to rest.
	const exportedText = async () => (await owner.file(scriptApi.export, { id: projectId })).text();
	const fresh = new LiveDocument({
		...liveOptions(house.url, projectId, owner, 0),
		WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
	});
	const exported = await exportedText();
	const copies = Object.fromEntries([
		...open.map((writer, index) => [`writer ${index}`, writer.document.doc] as const),
		['a fresh client', fresh.doc] as const,
	]);
	const alike = () =>
		new Set(Object.values(copies).map((doc) => scriptOf(doc).toString() + JSON.stringify(readBoard(doc)))).size === 1;
	await until(() => scriptOf(fresh.doc).length > 0 && alike(), 'all copies are alike', faults);
	checkCopies(copies, exported, faults);
	for (const { edits } of open) checkText(exported, edits, faults);
	const mongo = await connectMongo(house.mongodbUri);
	const times = await journalTimes(mongo.db, projectId);
	const savedChecked = open.reduce((sum, writer) => sum + checkSaved(writer, times, faults), 0);
	await mongo.close();
	const edits = open.flatMap((writer) => writer.edits);
	const scenes = readBoard(fresh.doc).scenes.length;
	for (const live of [...open.map(({ document }) => document), fresh]) await live.destroy();
	const acknowledged = edits.filter(({ acknowledgedAt }) => acknowledgedAt !== null).length;
	return { seed, kills, edits: edits.length, acknowledged, savedChecked, recoveryMs, scenes, faults };
}

function liveOptions(url: string, projectId: string, caller: Caller, index: number) {
	return {
		url: `${url.replace('http', 'ws')}/sync`,
		projectId,
		user: { id: `writer-${index}`, name: `Writer ${index}` },
		getTicket: async () => (await caller.call(projectApi.ticket, { params: { id: projectId } })).ticket,
	};
}

/** Eight editors of one workspace, and a project of theirs. */
async function people(url: string): Promise<{ callers: Caller[]; projectId: string }> {
	const stamp = Date.now().toString(36);
	const callers: Caller[] = [];
	for (let index = 0; index < writers; index++) {
		const account = {
			email: `w${index}-${stamp}@example.org`,
			password: 'a long enough secret',
			name: `Writer ${index}`,
			language: 'en' as const,
		};
		callers.push(await signUp(url, account, new AbortController().signal));
	}
	const [owner, ...guests] = callers;
	if (owner === undefined) throw new Error('Nobody is there.');
	const [workspace] = await owner.call(workspaceApi.list, {});
	if (workspace === undefined) throw new Error('There is no workspace.');
	for (const guest of guests) {
		const { token } = await owner.call(workspaceApi.invite, { params: { id: workspace.id }, body: { role: 'editor' } });
		await guest.call(workspaceApi.acceptInvitation, { params: { token } });
	}
	const { id } = await owner.call(projectApi.create, {
		body: { workspaceId: workspace.id, name: 'Chaos', aspectRatio: '16:9', fps: 24, style: 'pencil', script },
	});
	return { callers, projectId: id };
}

/** Resolves when every writer has been shown Saved for an edit after the instant. */
const allSavedSince = (open: readonly Writer[], since: number, faults: Faults): Promise<void> => {
	const isSaved = ({ savedAt }: Writer) => (savedAt.at(-1)?.at ?? 0) > since;
	return until(
		() => open.every(isSaved),
		() => {
			const waiting = open.flatMap((writer, index) => {
				const { saveState, pendingChanges } = writer.document;
				return isSaved(writer) ? [] : [`w${index} ${saveState}, ${pendingChanges} edits`];
			});
			return `all were saved after ${new Date(since).toISOString()}: ${waiting.join('; ')}`;
		},
		faults,
	);
};

async function until(holds: () => boolean, what: string | (() => string), faults: Faults): Promise<void> {
	const endsAt = Date.now() + recoveryLimitMs;
	while (!holds()) {
		if (Date.now() > endsAt) {
			return void faults.other.push(`Waited in vain until ${typeof what === 'string' ? what : what()}`);
		}
		await wait(20);
	}
}
