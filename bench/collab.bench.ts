import { coldOpen, loadLong, type Typing } from './collab/cold-open.ts';
import { kills } from './collab/kills.ts';
import { startServer, type LiveServer, type ServerName, peerPackages, peers } from './collab/servers.ts';
import { crowd, fanOut, flood, kept, rest, type Figures } from './collab/workloads.ts';
import { median } from './measure.ts';
import { installPeers } from './peers.ts';

const isLong = process.argv.includes('--long');
const seconds = isLong ? 15 : 4;
const rounds = isLong ? 5 : 3;

export const workload =
	`The live-document server (${isLong ? 'long' : 'short'} form), always with tickets, rights and a journal on disk, against servers in processes of their own on the same Node: ` +
	'the y-websocket server in memory, Hocuspocus with SQLite, and a relay that knows no documents. They take turns, medians of the rounds; only ratios within a run count. ' +
	'Clients are bare sockets in one process, on the same machine.';

type Tell = (line: string) => void;
type Work = (server: LiveServer) => Promise<Figures>;
/** Does one part and answers its figures. */
type Part = (tell: Tell) => Promise<Record<string, number>>;

const everybody: ServerName[] = ['relay', 'y-websocket', 'hocuspocus', 'ours'];
const known: ServerName[] = ['y-websocket', 'ours'];

const parts: Record<string, Part> = {
	async 'fan-out'(tell) {
		const figures = await compare(tell, 'fan-out', everybody, rounds, (server) => fanOut(server, seconds));
		return {
			'collab.fanOut.p95.ofYWebsocket': ratio(figures, 'p95', 'y-websocket'),
			'collab.fanOut.p95.ofRelay': ratio(figures, 'p95', 'relay'),
			'collab.fanOut.missing': figureOf(figures, 'ours', 'missing'),
		};
	},
	async 'crowd-10'(tell) {
		const figures = await compare(tell, '50 × 4 at 10/s', everybody, rounds, (server) => crowd(server, 10, seconds));
		return {
			'collab.crowd10.cpu.ofYWebsocket': ratio(figures, 'cpu', 'y-websocket'),
			'collab.crowd10.p95.ofYWebsocket': ratio(figures, 'p95', 'y-websocket'),
			'collab.crowd10.missing': figureOf(figures, 'ours', 'missing'),
			'collab.kept.200.p95': figureOf(figures, 'ours', 'kept'),
		};
	},
	async 'crowd-40'(tell) {
		const figures = await compare(tell, '50 × 4 at 40/s', everybody, rounds, (server) => crowd(server, 40, seconds));
		return {
			'collab.crowd40.cpu.ofYWebsocket': ratio(figures, 'cpu', 'y-websocket'),
			'collab.crowd40.cpu.ofRelay': ratio(figures, 'cpu', 'relay'),
			'collab.crowd40.p95.ofYWebsocket': ratio(figures, 'p95', 'y-websocket'),
			'collab.crowd40.missing': figureOf(figures, 'ours', 'missing'),
		};
	},
	async kept(tell) {
		const figures = await compare(tell, 'one writer', ['ours'], rounds, (server) => kept(server, seconds));
		return { 'collab.kept.one.p95': figureOf(figures, 'ours', 'p95') };
	},
	async flood(tell) {
		const names: ServerName[] = isLong ? ['hocuspocus', ...known] : known;
		const figures = await compare(tell, '100 000 edits', names, rounds, (server) => flood(server, 100_000, 20_000));
		return {
			'collab.flood.ofYWebsocket': ratio(figures, 'ms', 'y-websocket'),
			'collab.flood.typist.p95': figureOf(figures, 'ours', 'typistP95'),
		};
	},
	async 'cold-open'(tell) {
		const opened = (typing: Typing) =>
			compare(tell, `cold, ${typing}`, ['y-websocket', 'hocuspocus', 'ours'], 1, async (server) => {
				const letters = await loadLong(server, 100_000, typing);
				return coldOpen(server, letters, rounds);
			});
		const [scattered, runs] = [await opened('scattered'), await opened('runs')];
		return {
			'collab.coldOpen.ofHocuspocus': ratio(scattered, 'ms', 'hocuspocus'),
			'collab.coldOpen.bytes.ofYWebsocket': ratio(scattered, 'bytes', 'y-websocket'),
			'collab.coldOpen.runs.ofHocuspocus': ratio(runs, 'ms', 'hocuspocus'),
			'collab.coldOpen.runs.bytes.ofYWebsocket': ratio(runs, 'bytes', 'y-websocket'),
		};
	},
	async rest(tell) {
		const names = isLong ? everybody : known;
		const figures = await compare(tell, '1 000 documents', names, 1, (server) => rest(server, 1_000, 10));
		return {
			'collab.rest.memory.ofYWebsocket': ratio(figures, 'memory', 'y-websocket'),
			'collab.rest.cpu': figureOf(figures, 'ours', 'idle'),
		};
	},
	async kills(tell) {
		const trials = isLong ? 20 : 2;
		const figures = await compare(tell, 'kill -9', ['hocuspocus', 'ours'], 1, (server) => kills(server, trials, tell));
		return {
			'collab.kills.lost': figureOf(figures, 'ours', 'lost'),
			'collab.kills.lost.hocuspocus': figureOf(figures, 'hocuspocus', 'lost'),
		};
	},
};

/** How ours compares with its peers where several people write at once; `--parts=rest,flood` measures only those. */
export default async function bench(tell: Tell): Promise<Record<string, number>> {
	const asked = process.argv.flatMap((word) => /^--parts=(.+)$/.exec(word)?.[1]?.split(',') ?? []);
	const unknown = asked.filter((name) => !Object.hasOwn(parts, name));
	if (unknown.length > 0)
		throw new Error(`No such part: ${unknown.join(', ')}. There are ${Object.keys(parts).join(', ')}.`);
	await installPeers(peers, peerPackages, tell);
	const figures: Record<string, number> = {};
	for (const [name, measure] of Object.entries(parts))
		if (asked.length === 0 || asked.includes(name)) Object.assign(figures, await measure(tell));
	return figures;
}

type Compared = Map<ServerName, Figures>;

/** Each does the work in its turn, with a fresh server every time; medians by name and figure. */
async function compare(
	tell: Tell,
	what: string,
	names: readonly ServerName[],
	turns: number,
	work: Work,
): Promise<Compared> {
	const all = new Map<ServerName, Figures[]>(names.map((name) => [name, []]));
	for (let turn = 0; turn < turns; turn++)
		for (const name of names) {
			const server = await startServer(name);
			try {
				all.get(name)?.push(await work(server));
			} finally {
				await server.close();
			}
		}
	const medians: Compared = new Map();
	for (const [name, turnsOfIt] of all) {
		const figures: Figures = {};
		for (const figure of Object.keys(turnsOfIt[0] ?? {}))
			figures[figure] = median(turnsOfIt.flatMap((turn) => turn[figure] ?? []));
		medians.set(name, figures);
		const words = Object.entries(figures).map(([figure, value]) => `${figure} ${value.toFixed(value < 10 ? 2 : 0)}`);
		tell(`${what.padEnd(16)} ${name.padEnd(12)} ${words.join(', ')}`);
	}
	return medians;
}

function figureOf(compared: Compared, name: ServerName, figure: string): number {
	const value = compared.get(name)?.[figure];
	if (value === undefined) throw new Error(`${figure} of ${name} was not measured.`);
	return value;
}

function ratio(figures: Compared, figure: string, to: ServerName): number {
	return figureOf(figures, 'ours', figure) / figureOf(figures, to, figure);
}
