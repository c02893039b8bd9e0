import { setTimeout as wait } from 'node:timers/promises';
import type { Caller } from '../cli/src/call.ts';
import { filmApi } from '../shared/src/cut/api.ts';
import { projectApi } from '../shared/src/project/api.ts';
import { scriptApi } from '../shared/src/script/api.ts';
import { takeApi, taskApi } from '../shared/src/task/api.ts';
import { percentile } from './measure.ts';
import { allSucceeded, invitationFor, sampleProject, signUpBare, withProduct } from './product.ts';

const users = 50;
const requestsEach = 60;
const thinkMs = { least: 100, most: 900 };

export const workload =
	'50 people, each signed in with an account of their own, work in one workspace with one drawn sample board (30 shots) through `npm start`: each sends 60 requests, the next one 100–900 ms after the answer to the last. Of ten requests eight ask (projects, project, tasks, takes, films, script, proposal of a break-down, thumbnail in turn), one renames the project or takes a ticket for the live document, and one in a hundred queues a picture of 64 × 64. Who asks runs on the same two cores.';

/** How soon the API answers while fifty people use it. */
export default async function bench(tell: (line: string) => void): Promise<Record<string, number>> {
	return withProduct(async ({ url }) => {
		const host = await signUpBare(url, 'Host');
		const { id } = await sampleProject(host.caller);
		await host.caller.call(taskApi.generate, { params: { id }, body: { width: 320, height: 180 } });
		const tasks = await allSucceeded(host.caller, id);
		const takeIds = tasks.flatMap(({ takeId }) => takeId ?? []);
		const shotIds = tasks.flatMap(({ shotId }) => shotId ?? []);
		const callers = [host.caller];
		while (callers.length < users) {
			const guest = await signUpBare(url, `Guest ${callers.length}`);
			await invitationFor(host.caller, guest.caller);
			callers.push(guest.caller);
		}

		const params = { id };
		const asks: Record<string, (caller: Caller, turn: number) => Promise<unknown>> = {
			projects: (caller) => caller.call(projectApi.list, {}),
			project: (caller) => caller.call(projectApi.read, { params }),
			tasks: (caller) => caller.call(taskApi.list, { params, query: { status: 'all', limit: 200 } }),
			takes: (caller) => caller.call(takeApi.list, { params }),
			films: (caller) => caller.call(filmApi.list, { params }),
			script: async (caller) => (await caller.file(scriptApi.export, params)).arrayBuffer(),
			proposal: (caller) => caller.call(scriptApi.proposeBreakDown, { params }),
			thumbnail: async (caller, turn) =>
				(await caller.file(takeApi.thumbnail, { id: takeIds[turn % takeIds.length] ?? '' })).arrayBuffer(),
		};
		const changes: typeof asks = {
			rename: (caller, turn) => caller.call(projectApi.edit, { params, body: { name: `Film ${turn}` } }),
			ticket: (caller) => caller.call(projectApi.ticket, { params }),
			generate: (caller, turn) =>
				caller.call(taskApi.generate, {
					params,
					body: { shotIds: [shotIds[turn % shotIds.length] ?? ''], width: 64, height: 64 },
				}),
		};
		const kindOf = (turn: number): string => {
			if (turn % 100 === 99) return 'generate';
			if (turn % 10 === 9) return turn % 20 === 9 ? 'rename' : 'ticket';
			return Object.keys(asks)[turn % Object.keys(asks).length] ?? 'project';
		};

		const times = new Map<string, number[]>();
		const began = performance.now();
		await Promise.all(
			callers.map(async (caller, user) => {
				for (let request = 0; request < requestsEach; request++) {
					// Spread evenly, and the same in every run.
					const turn = user * 7 + request;
					await wait(thinkMs.least + ((turn * 379) % (thinkMs.most - thinkMs.least)));
					const kind = kindOf(turn);
					const work = asks[kind] ?? changes[kind];
					const askedAt = performance.now();
					await work?.(caller, turn);
					times.set(kind, [...(times.get(kind) ?? []), performance.now() - askedAt]);
				}
			}),
		);
		const seconds = (performance.now() - began) / 1000;
		for (const [kind, list] of times)
			tell(
				`${kind.padEnd(10)} p50 ${percentile(list, 0.5).toFixed(0)} p95 ${percentile(list, 0.95).toFixed(0)} ms of ${list.length}`,
			);
		const all = [...times.values()].flat();
		return {
			'api.queries.p95': percentile(
				Object.keys(asks).flatMap((kind) => times.get(kind) ?? []),
				0.95,
			),
			'api.any.p95': percentile(all, 0.95),
			'api.any.worst': Math.max(...all),
			'api.perSecond': all.length / seconds,
		};
	});
}
