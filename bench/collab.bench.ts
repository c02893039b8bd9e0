import { coldOpen, loadLong } from './collab/cold-open.ts';
import { kills } from './collab/kills.ts';
import { installPeers, startServer, type LiveServer, type ServerName } from './collab/servers.ts';
import { crowd, fanOut, flood, kept, rest, type Figures } from './collab/workloads.ts';
import { median } from './measure.ts';

const isLong = process.argv.includes('--long');
const seconds = isLong ? 15 : 4;
const rounds = isLong ? 5 : 3;

export const workload =
	`The live-document server (${isLong ? 'long' : 'short'} form), always with tickets, rights and a journal on disk, against servers in processes of their own on the same Node: ` +
	'the y-websocket server in memory, Hocuspocus with SQLite, and a relay that knows no documents. They take turns, medians of the rounds; only ratios within a run count. ' +
	'Clients are bare sockets in one process, on the same machine.';

type Tell = (line: string) => void;
type Work = (server: LiveServer) => Promise<Figures>;

/** How ours compares with its peers where several people write at once. */
export default async function bench(tell: Tell): Promise<Record<string, number>> {
	await installPeers(tell);
	const everybody: ServerName[] = ['relay', 'y-websocket', 'hocuspocus', 'ours'];
	const known: ServerName[] = ['y-websocket', 'ours'];

	const fan = await compare(tell, 'fan-out', everybody, rounds, (server) => fanOut(server, seconds));
	const slow = await compare(tell, '50 × 4 at 10/s', everybody, rounds, (server) => crowd(server, 10, seconds));
	const fast = await compare(tell, '50 × 4 at 40/s', everybody, rounds, (server) => crowd(server, 40, seconds));
	const alone = await compare(tell, 'one writer', ['ours'], rounds, (server) => kept(server, seconds));
	const flooded = await compare(tell, '100 000 edits', isLong ? ['hocuspocus', ...known] : known, rounds, (server) =>
		flood(server, 100_000, 20_000),
	);
	const opened = await compare(tell, 'cold open', ['y-websocket', 'hocuspocus', 'ours'], 1, async (server) => {
		const letters = await loadLong(server, 100_000);
		return coldOpen(server, letters, rounds);
	});
	const rested = await compare(tell, '1 000 documents', isLong ? everybody : known, 1, (server) =>
		rest(server, 1_000, 10),
	);
	const trials = isLong ? 20 : 2;
	const killed = await compare(tell, 'kill -9', ['hocuspocus', 'ours'], 1, (server) => kills(server, trials, tell));

	const ratio = (figures: Compared, figure: string, to: ServerName) =>
		figureOf(figures, 'ours', figure) / figureOf(figures, to, figure);
	return {
		'collab.fanOut.p95.ofYWebsocket': ratio(fan, 'p95', 'y-websocket'),
		'collab.fanOut.p95.ofRelay': ratio(fan, 'p95', 'relay'),
		'collab.crowd10.cpu.ofYWebsocket': ratio(slow, 'cpu', 'y-websocket'),
		'collab.crowd10.p95.ofYWebsocket': ratio(slow, 'p95', 'y-websocket'),
		'collab.crowd40.cpu.ofYWebsocket': ratio(fast, 'cpu', 'y-websocket'),
		'collab.crowd40.cpu.ofRelay': ratio(fast, 'cpu', 'relay'),
		'collab.crowd40.p95.ofYWebsocket': ratio(fast, 'p95', 'y-websocket'),
		'collab.missing':
			figureOf(fan, 'ours', 'missing') + figureOf(slow, 'ours', 'missing') + figureOf(fast, 'ours', 'missing'),
		'collab.kept.one.p95': figureOf(alone, 'ours', 'p95'),
		'collab.kept.200.p95': figureOf(slow, 'ours', 'kept'),
		'collab.flood.ofYWebsocket': ratio(flooded, 'ms', 'y-websocket'),
		'collab.flood.typist.p95': figureOf(flooded, 'ours', 'typistP95'),
		'collab.coldOpen.ofHocuspocus': ratio(opened, 'ms', 'hocuspocus'),
		'collab.coldOpen.bytes.ofYWebsocket': ratio(opened, 'bytes', 'y-websocket'),
		'collab.rest.memory.ofYWebsocket': ratio(rested, 'memory', 'y-websocket'),
		'collab.rest.cpu': figureOf(rested, 'ours', 'idle'),
		'collab.kills.lost': figureOf(killed, 'ours', 'lost'),
		'collab.kills.lost.hocuspocus': figureOf(killed, 'hocuspocus', 'lost'),
	};
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
