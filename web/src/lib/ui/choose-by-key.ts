/** What a key does to the choices that are open beneath a field: moves to another, takes one, or shuts them. Answers whether it meant any of that. */
export function chooseByKey<Choice>(
	event: KeyboardEvent,
	{ choices, at }: { choices: readonly Choice[]; at: number },
	on: { move(at: number): void; take(choice: Choice): void; shut(): void },
): boolean {
	const choice = choices[at];
	if (choice === undefined) return false;
	const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
	if (by !== 0) on.move((at + by + choices.length) % choices.length);
	else if (event.key === 'Enter' || event.key === 'Tab') on.take(choice);
	else if (event.key === 'Escape') on.shut();
	else return false;
	event.preventDefault();
	event.stopPropagation();
	return true;
}
