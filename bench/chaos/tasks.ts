import { setTimeout as wait } from 'node:timers/promises';
import { connectMongo, type Mongo } from '../../shared/node/mongo.ts';
import type { TaskRecord } from '../../shared/node/stores/task-record.ts';
import type { ReplyOf } from '../../shared/src/http/endpoint.ts';
import { projectApi } from '../../shared/src/project/api.ts';
import { scriptApi } from '../../shared/src/script/api.ts';
import { taskApi } from '../../shared/src/task/api.ts';
import { aComfyServer, type FakeComfy } from '../../shared/testing/comfyui/server.ts';
import { aFaultProxy, type FaultProxy } from '../../shared/testing/fault-proxy.ts';
import { Asker } from './asker.ts';
import { openHouse, type ChaosHouse, type HouseOptions } from './house.ts';
import { createRandom, type Random } from './random.ts';
import { checkCharges, checkTasks, type Asked } from './task-books.ts';

export type TaskChaosOptions = {
	seed: number;
	tasks: number;
	kills: number;
	limitMs: number;
	say: (line: string) => void;
};
export type TaskChaosFigures = {
	seed: number;
	kills: Record<Victim, number>;
	/** How often a server or worker was asked to end, and the longest that one took, in ms. */
	stops: { count: number; longestMs: number };
	comfyFaults: number;
	tasks: Record<string, number>;
	cancelsAsked: number;
	promptsSent: number;
	/** The longest time in which no task came to its end while there were some, in ms. */
	longestStandstillMs: number;
	seconds: number;
	faults: { books: string[] };
};
type Victim = 'server' | 'worker' | 'mongod';

/** What the plan of the house gives a day. */
const tasksPerAccount = 100;
const script = Array.from({ length: 12 }, (_, nth) => `INT. ROOM ${nth + 1} - DAY\n\nAn old man waits.\n`).join('\n');
/** Some tasks are cancelled while they wait, run, or have ended. */
const cancelWithinMs = 12_000;
/** So long a process that is asked to end may take. */
const stopLimitMs = 25_000;
/** Nothing may stand still longer: a lease runs out after ten seconds, and a second worker takes up what was left. */
const standstillLimitMs = 45_000;

/** A ComfyUI server that can go wrong in every way that was seen of real ones, behind a network that can, too. */
export type Node = { comfy: FakeComfy; wire: FaultProxy };

const dayMs = 24 * 3_600_000;
// The last one: files, whose times the machine writes, are then never older than they may be.
const midnight = Math.floor(Date.now() / dayMs) * dayMs;
/** How far clocks are to be set to stand so long past a midnight in UTC, or before it. */
export const past = (ms: number): number => midnight + ms - Date.now();

/** Such servers, and a house whose workers draw with them; its clocks stand a quarter of an hour before midnight. */
export async function openTaskHouse(
	dataDir: string,
	{
		nodes = 2,
		paceMs = 1,
		plan = 'pro',
		...about
	}: { nodes?: number; paceMs?: number; plan?: string } & Partial<HouseOptions> = {},
): Promise<{ house: ChaosHouse; farm: Node[] }> {
	const farm: Node[] = [];
	for (let count = 0; count < nodes; count++) {
		const comfy = await aComfyServer({ paceMs });
		farm.push({ comfy, wire: await aFaultProxy(comfy.port) });
	}
	const closeFarm = () => Promise.all(farm.flatMap(({ comfy, wire }) => [wire.close(), comfy.close()]));
	const env = {
		COMFYUI_URLS: farm.map(({ wire }) => `http://127.0.0.1:${wire.port}`).join(','),
		DEFAULT_PLAN: plan,
		WORKER_CONCURRENCY: '4',
		SAMPLE_PROJECTS: '0',
	};
	const house = await openHouse(dataDir, { servers: 2, workers: 2, env, shiftMs: past(-900_000), ...about });
	return { farm, house: { ...house, close: () => house.close().finally(closeFarm) } };
}

/** People ask for pictures, and cancel some, while servers, workers and the database are killed and ComfyUI goes wrong; then the books are checked. */
export async function runTaskChaos(
	house: ChaosHouse,
	farm: readonly Node[],
	options: TaskChaosOptions,
): Promise<TaskChaosFigures> {
	const { seed, say } = options;
	const began = Date.now();
	const faults: string[] = [];
	const people = await Promise.all(
		Array.from({ length: Math.ceil(options.tasks / tasksPerAccount) }, (_, nth) => Asker.signUp(house.url, `P${nth}`)),
	);
	const boards = await Promise.all(people.map(aBoard));
	say(`${people.length} people have a board; killing begins`);
	const mongo = await connectMongo(house.mongodbUri);
	const asked: Asked = { tasks: new Set(), cancels: new Set(), wrong: faults };
	const most = Math.ceil(options.tasks / people.length);
	const killing = kill(house, farm, options, faults);
	const asking = people.map((person, index) =>
		askAll(person, boards[index] ?? '', { random: createRandom(seed, index), asked, most, pace: killing.reached }),
	);
	await Promise.all(asking);
	say(`${asked.tasks.size} tasks were taken after ${Math.round((Date.now() - began) / 1000)} s`);
	const isOver = () => Date.now() - began > options.limitMs;
	const longestStandstillMs = await untilAllEnded(mongo, isOver, faults);
	const { kills, stops, comfyFaults } = await killing.done;
	// One who was killed last may have left something that only the next look finds.
	await untilAllEnded(mongo, isOver, faults);
	const received = farm.flatMap(({ comfy }) => comfy.received);
	const tasks = await checkTasks(mongo.db, asked);
	await checkCharges(
		mongo.db,
		people.map(({ id }) => id),
		faults,
	);
	const mostPrompts = asked.tasks.size + kills.server + kills.worker + kills.mongod + stops.count + comfyFaults;
	if (received.length > mostPrompts)
		faults.push(`${received.length} prompts were sent, at most ${mostPrompts} could be`);
	for (const { comfy } of farm)
		if (comfy.running() !== null || comfy.waiting().length > 0) faults.push('A prompt runs that nobody waits for');
	await mongo.close();
	const seconds = Math.round((Date.now() - began) / 1000);
	const [cancelsAsked, promptsSent] = [asked.cancels.size, received.length];
	return {
		seed,
		kills,
		stops,
		comfyFaults,
		tasks,
		cancelsAsked,
		promptsSent,
		longestStandstillMs,
		seconds,
		faults: { books: faults },
	};
}

/** A project with shots on its board. */
export async function aBoard(person: Asker): Promise<string> {
	const { id } = await person.call(projectApi.create, {
		body: { name: 'Chaos', aspectRatio: '16:9', fps: 24, style: 'pencil', script },
	});
	await person.call(scriptApi.acceptBreakDown, { params: { id }, body: {} });
	return id;
}

/** Asks for as many pictures as the plan gives, spread over all kills, each request three times at once under one key, and cancels some of them some time later. */
async function askAll(
	person: Asker,
	projectId: string,
	{ random, asked, most, pace }: { random: Random; asked: Asked; most: number; pace: Killing['reached'] },
): Promise<void> {
	const params = { id: projectId };
	const cancelling: Promise<void>[] = [];
	let shotIds: string[] | undefined;
	for (let count = 0; count < most;) {
		const batch = shotIds?.slice(0, most - count);
		const body = { provider: 'comfyui', workflow: 'sd15-text-to-image', steps: 2, seed: random.below(1e9) };
		const request = { params, body: batch === undefined ? body : { ...body, shotIds: batch } };
		const key = `batch-${count}-${random.below(1e9)}`;
		const answers = await Promise.all([0, 1, 2].map(() => person.ask(taskApi.generate, request, key)));
		const replies = new Set(answers.map((answer) => JSON.stringify(answer)));
		if (replies.size !== 1) asked.wrong.push(`One key was answered in ${replies.size} ways`);
		const [first] = answers;
		if (first?.status !== 202) return void asked.wrong.push(`A batch was refused: ${JSON.stringify(first)}`);
		const { tasks } = first.body as ReplyOf<typeof taskApi.generate>;
		shotIds ??= tasks.flatMap(({ shotId }) => shotId ?? []);
		count += tasks.length;
		for (const { id } of tasks) {
			asked.tasks.add(id);
			if (random.chance(0.1)) cancelling.push(cancelLater(person, id, random.below(cancelWithinMs), asked));
		}
		await pace(Math.min(0.98, (count + random.below(shotIds.length)) / most));
	}
	await Promise.all(cancelling);
}

async function cancelLater(person: Asker, id: string, ms: number, asked: Asked): Promise<void> {
	await wait(ms);
	const { status } = await person.ask(taskApi.cancel, { params: { id } });
	if (status === 200) asked.cancels.add(id);
	else if (status !== 409) asked.wrong.push(`A cancel was answered ${status}`);
}

type Killed = {
	kills: Record<Victim, number>;
	stops: { count: number; longestMs: number };
	comfyFaults: number;
};
type Killing = {
	/** Resolves when so large a share of the kills has been done. */
	reached(share: number): Promise<void>;
	done: Promise<Killed>;
};

/** Kills and stops at chance until it has killed often enough, or time is over; ComfyUI and its network go wrong meanwhile. */
function kill(
	house: ChaosHouse,
	farm: readonly Node[],
	{ seed, kills: most, limitMs, say }: TaskChaosOptions,
	faults: string[],
): Killing {
	const random = createRandom(seed, 1_000);
	const kills: Record<Victim, number> = { server: 0, worker: 0, mongod: 0 };
	const stops = { count: 0, longestMs: 0 };
	const until = Date.now() + limitMs;
	let comfyFaults = 0;
	let isOver = false;
	const count = () => kills.server + kills.worker + kills.mongod;
	const stop = async (what: 'server' | 'worker'): Promise<void> => {
		stops.count++;
		const { isWell, ms } = await house.stop(what, random.below(2));
		stops.longestMs = Math.max(stops.longestMs, ms);
		if (!isWell || ms > stopLimitMs) faults.push(`A ${what} that was asked to end did not end well, after ${ms} ms`);
	};
	const strike = async (): Promise<void> => {
		const at = random.below(100);
		if (at < 8) await stop('worker');
		else if (at < 12) await stop('server');
		else if (at < 54) {
			kills.worker++;
			house.killWorker(random.below(2));
		} else if (at < 90) {
			kills.server++;
			await house.killServer(random.below(2));
		} else {
			kills.mongod++;
			await house.killMongod();
		}
	};
	const killAll = async (): Promise<void> => {
		while (count() < most && Date.now() < until) {
			await wait(150 + random.below(700));
			const before = count();
			await strike();
			if (count() > before && count() % 25 === 0) say(`killed ${JSON.stringify(kills)}`);
			if (before < most / 2 && count() >= most / 2) await house.setClock(past(1_000));
		}
		isOver = true;
		say(`killed ${JSON.stringify(kills)}, stopped ${stops.count}, harmed ComfyUI and its network ${comfyFaults} times`);
	};
	const harmAll = async (): Promise<void> => {
		const chance = createRandom(seed, 1_001);
		while (!isOver) {
			await wait(1_000 + chance.below(3_000));
			if (isOver) break;
			comfyFaults++;
			await harm(chance.pick(farm), chance);
		}
		for (const { wire } of farm) wire.delay(null);
	};
	return {
		async reached(share) {
			while (!isOver && count() < share * most) await wait(100);
		},
		done: Promise.all([killAll(), harmAll()]).then(() => ({ kills, stops, comfyFaults })),
	};
}

/** Does one of the things to a ComfyUI server or its network that were seen of real ones. */
async function harm({ comfy, wire }: Node, random: Random): Promise<void> {
	const ways: (() => unknown)[] = [
		() => comfy.dropSockets(),
		() => comfy.finishSilently(),
		() => comfy.repeat(),
		() => comfy.loseAnswers(),
		() => comfy.restart(),
		() => comfy.forgetHistory(),
		() => comfy.lagHistory(300),
		() => wire.cut(),
		() => wire.delay(() => 100 + random.below(400)),
		() => wire.delay(null),
		async () => {
			comfy.hang();
			await wait(2_000);
			comfy.thaw();
		},
		async () => {
			comfy.fail();
			await wait(1_000);
			comfy.fail(false);
		},
		async () => {
			wire.freeze();
			await wait(3_000);
			wire.thaw();
		},
	];
	await random.pick(ways)();
}

/** Resolves when every task is at its end; answers the longest time in which none came to its end. */
async function untilAllEnded(mongo: Mongo, isOver: () => boolean, faults: string[]): Promise<number> {
	const tasks = mongo.db.collection<TaskRecord>('tasks');
	let [ended, endedAt, longestMs] = [-1, Date.now(), 0];
	for (;;) {
		try {
			const active = await tasks.countDocuments({ status: { $in: ['queued', 'running', 'cancelling'] } });
			const finished = await tasks.countDocuments({ status: { $nin: ['queued', 'running', 'cancelling'] } });
			longestMs = Math.max(longestMs, Date.now() - endedAt);
			if (finished !== ended) [ended, endedAt] = [finished, Date.now()];
			if (active === 0) return longestMs;
			if (longestMs > standstillLimitMs || isOver()) {
				faults.push(`${active} tasks are not at their end; none has come there for ${Date.now() - endedAt} ms`);
				return longestMs;
			}
		} catch {
			// The database is on its way back.
		}
		await wait(250);
	}
}
