import { formatExactJson } from '../../src/provider/exact-json.ts';
import { signature } from './execute.ts';
import type { RecordedEvent } from './recordings.ts';

/** What an earlier scene left on the recorded server: results in its cache, and temporary files that nodes had shown. */
export function leftBefore(events: readonly RecordedEvent[]) {
	const told = events.flatMap(({ text }) => (text === undefined ? [] : [text]));
	const files = new Map<string, number>();
	for (const { type, data } of told)
		for (const [, name = '', counter = ''] of type === 'executed'
			? formatExactJson(data).matchAll(/"filename":"([^"]*?)_(\d{5})_\.\w+"/g)
			: []) {
			const prefix = name.startsWith('ComfyUI_temp_') ? String(data['node']) : name;
			if (!files.has(prefix)) files.set(prefix, Number(counter) - 1);
		}
	// Nobody is told of a prompt without a client; its history tells it all the same.
	const kept = events.flatMap(({ http_response: answer }) => {
		const entries = Object.values(
			(answer?.json ?? {}) as Record<string, { status?: { messages?: [string, unknown][] } }>,
		);
		return entries.flatMap((entry) =>
			(entry?.status?.messages ?? []).flatMap(([type, data]) =>
				type === 'execution_cached' ? [(data as { nodes: string[] }).nodes] : [],
			),
		);
	});
	const cached =
		(told.find(({ type }) => type === 'execution_cached')?.data['nodes'] as string[] | undefined) ?? kept[0];
	// …or else what its nodes tell, of which those before them are no part.
	const counted = new Set(
		told.flatMap(({ type, data }) => (type === 'progress_state' ? Object.keys(data['nodes'] ?? {}) : [])),
	);
	let isFirst = true;
	return {
		cachedBefore: ({ graph }: { graph: Parameters<typeof signature>[0] }): string[] => {
			const others = Object.keys(graph).filter((id) => !counted.has(id));
			const nodes = isFirst ? (cached ?? (counted.size > 0 ? others : [])) : [];
			isFirst = false;
			return nodes.map((id) => signature(graph, id));
		},
		filesBefore: (prefix: string): number => files.get(prefix.split('/')[0] ?? '') ?? files.get(prefix) ?? 0,
	};
}
