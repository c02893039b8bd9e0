import { existsSync } from 'node:fs';
import { readConfigOrExit } from '@reelroom/shared/node/config.ts';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { CliConfig } from './config.ts';
import { doctor } from './doctor.ts';
import { renderFilm } from './render.ts';
import { start } from './start.ts';
import { aspectRatios } from '@reelroom/shared/project/project.ts';
import { styleNames } from '@reelroom/shared/style/style.ts';
import { subtitleModes } from '@reelroom/shared/task/task.ts';

if (existsSync('.env')) process.loadEnvFile('.env');

const wholeNumber = (least: number, most: number) => (text: string) => {
	const value = Number(text);
	if (!Number.isInteger(value) || value < least || value > most)
		throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
	return value;
};

const program = new Command('reelroom')
	.description('Write, break down, draw, play and render a film together.')
	.exitOverride()
	.addHelpText('after', '\nExit codes: 0 all went well, 1 it failed, 2 the command or its input is wrong.');

program
	.command('start')
	.description('Opens the studio: database, server and workers in one command. Settings: see .env.example.')
	.option('--servers <n>', 'server processes behind the one port', wholeNumber(1, 16), 1)
	.action((options: { servers: number }) => start(readConfigOrExit(CliConfig), options));

program
	.command('doctor')
	.description('Says what was found, what is missing and what that costs.')
	.option('--json', 'as JSON')
	.option('--no-fetch', 'look only; fetch nothing')
	.action(async (options: { json?: boolean; fetch: boolean }) => {
		process.exitCode = await doctor(readConfigOrExit(CliConfig), options);
	});

program
	.command('render')
	.description(
		'Turns a script (Fountain, Final Draft, Word, Markdown or plain text) into a film, with nothing else running.',
	)
	.argument('<file>', 'the script')
	.option('-o, --out <file>', 'where the film goes (default: the name of the script with .mp4)')
	.addOption(new Option('--style <name>', 'how the frames are drawn').choices(styleNames).default('anime'))
	.addOption(new Option('--subtitles <how>', 'dialogue as subtitles').choices(subtitleModes).default('burned'))
	.addOption(
		new Option('--ratio <w:h>', 'shape of the frame, when width and height are not given')
			.choices(aspectRatios)
			.default('16:9'),
	)
	.option('--width <px>', 'width of the film', wholeNumber(64, 4096))
	.option('--height <px>', 'height of the film', wholeNumber(64, 4096))
	.addOption(new Option('--fps <n>', 'frames per second').choices(['12', '24', '25', '30', '60']).default('24'))
	.addOption(new Option('--quality <how>', 'quick or good').choices(['draft', 'final']).default('final'))
	.option('--json', 'progress and result as JSON lines')
	.action(async (file: string, options) => {
		process.exitCode = await renderFilm(file, options, readConfigOrExit(CliConfig));
	});

try {
	await program.parseAsync();
} catch (error) {
	if (!(error instanceof CommanderError)) throw error;
	// Commander has said what is wrong; help that was asked for is no fault.
	process.exitCode = error.exitCode === 0 ? 0 : 2;
}
