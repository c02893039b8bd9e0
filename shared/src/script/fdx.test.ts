import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyScript, elementsOf } from '../../testing/a-script.ts';
import { formatFdx } from './format-fdx.ts';
import { formatFountain } from './format-fountain.ts';
import { parseFdx } from './parse-fdx.ts';

const there = (text: string): string => formatFountain(parseFdx(formatFdx(text)));

describe('a Final Draft file', () => {
	it('keeps every element of any script on the way there and back', () => {
		fc.assert(
			fc.property(anyScript, (text) => {
				expect(elementsOf(there(text))).toEqual(elementsOf(text));
			}),
			{ numRuns: 300 },
		);
	});
});

/** A file as Final Draft and others write it, not as we do. */
const foreign = `<?xml version="1.0" encoding="UTF-8" standalone="no" ?>
<FinalDraft DocumentType="Script" Template="No" Version="5">
  <Content>
    <Paragraph Number="1" Type="Scene Heading">
      <SceneProperties Length="2/8" Page="1" Title=""><Summary><Paragraph Alignment="Left"><Text>They meet.</Text></Paragraph></Summary></SceneProperties>
      <Text>INT. HOUSE &#8211; DAY</Text>
    </Paragraph>
    <Paragraph Type="Action"><Text>A &lt;man&gt; </Text><Text AdornmentStyle="-1" Style="Bold+Underline">sits</Text><Text>.</Text><ScriptNote ID="1"><Paragraph><Text>Who?</Text></Paragraph></ScriptNote></Paragraph>
    <Paragraph Type="Shot"><Text>close on: his hand</Text></Paragraph>
    <Paragraph Type="Telegram"><Text>ARRIVING STOP</Text></Paragraph>
    <Paragraph>
      <DualDialogue>
        <Paragraph Type="Character"><Text>ANNA (V.O.)</Text></Paragraph>
        <Paragraph Type="Parenthetical"><Text>(softly)</Text></Paragraph>
        <Paragraph Type="Dialogue"><Text>Hi.</Text></Paragraph>
        <Paragraph Type="Character"><Text Style="AllCaps">Bob</Text></Paragraph>
        <Paragraph Type="Dialogue"><Text>Ho.</Text></Paragraph>
      </DualDialogue>
    </Paragraph>
    <Paragraph StartsNewPage="Yes" Type="Transition"><Text>Cut away</Text></Paragraph>
    <Paragraph Type="Action"><Text></Text></Paragraph>
    <Paragraph Type="New Act"><Text>ACT TWO</Text></Paragraph>
  </Content>
  <TitlePage><Content>
    <Paragraph Alignment="Center" Type="General"><Text Style="Underline">The House</Text></Paragraph>
    <Paragraph Alignment="Center"><Text>written by</Text></Paragraph>
    <Paragraph Alignment="Center"><Text>A. Writer</Text></Paragraph>
    <Paragraph Alignment="Left"><Text>a@example.org</Text></Paragraph>
  </Content></TitlePage>
</FinalDraft>`;

describe('a file of Final Draft', () => {
	it('is read with its numbers, notes, looks, synopses, pairs of speeches and title page', () => {
		expect(formatFountain(parseFdx(foreign))).toBe(
			`Title: _The House_
Credit: written by
Author: A. Writer
Contact: a@example.org

INT. HOUSE – DAY #1#

= They meet.

A <man> _**sits**_.[[Who?]]

close on: his hand

ARRIVING STOP [[type: Telegram]]

ANNA (V.O.)
(softly)
Hi.

BOB ^
Ho.

===

> Cut away

# ACT TWO
`,
		);
	});
	it('gets its own kinds of paragraph back, with what Final Draft needs to know of them', () => {
		const again = formatFdx(formatFountain(parseFdx(foreign)));
		expect(again).toContain('<Paragraph Type="Telegram"><Text>ARRIVING STOP</Text></Paragraph>');
		expect(again).toContain('<ElementSettings Type="Telegram">');
		expect(again).toContain('<Text Style="Bold+Underline">sits</Text>');
		expect(again).toContain('<ScriptNote ID="1"><Paragraph><Text>Who?</Text></Paragraph></ScriptNote>');
		expect(again).toContain('Number="1"');
		expect(again.match(/<DualDialogue>/g)).toHaveLength(1);
		expect(elementsOf(formatFountain(parseFdx(again)))).toEqual(elementsOf(formatFountain(parseFdx(foreign))));
	});
	it('is refused with a problem when it is damaged, bombed, nested without end or of something else', () => {
		const deep = '<a>'.repeat(200) + '</a>'.repeat(200);
		const hostile = [
			'',
			'<',
			'<FinalDraft>',
			'<FinalDraft></FinalDraft>',
			'<FinalDraft><Content></FinalDraft></Content>',
			'<!DOCTYPE x [<!ENTITY a "aaaa">]><FinalDraft><Content>&a;</Content></FinalDraft>',
			`<FinalDraft><Content>${deep}</Content></FinalDraft>`,
			'<html><body>Hello</body></html>',
			'<FinalDraft><Content><Paragraph Type="Action"><Text>a < b</Text></Paragraph></Content></FinalDraft>',
		];
		for (const xml of hostile)
			expect(() => parseFdx(xml), xml.slice(0, 60)).toThrow(expect.objectContaining({ code: 'not-a-script' }));
	});
	it('answers a hundred mutilated files with a script or a problem, never with another failure', () => {
		const places = fc.tuple(
			fc.nat(foreign.length),
			fc.nat(200),
			fc.constantFrom('', '<', '>', '"', '&#0;', '&#xffffff;', '\u0000', '</Content>', '__proto__'),
		);
		fc.assert(
			fc.property(places, ([at, length, put]) => {
				const xml = foreign.slice(0, at) + put + foreign.slice(at + length);
				try {
					formatFountain(parseFdx(xml));
				} catch (error) {
					expect(error).toMatchObject({ code: 'not-a-script' });
				}
			}),
			{ numRuns: 300 },
		);
	});
});
