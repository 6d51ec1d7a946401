/** Which rank runs on which host, and over which addresses hosts talk. */
import test from 'ava';
import fc from 'fast-check';
import type { Hello } from '../../launcher/agent/messages.js';
import { mapRanks } from '../../launcher/hosts/mapping.js';
import { chooseAddresses, type Reported } from '../../launcher/hosts/network.js';

test('ranks fill the hosts one after the other, or in turn', (t) => {
  t.deepEqual(mapRanks(5, [2, 1, 2], 'slot'), [0, 0, 1, 2, 2]);
  t.deepEqual(mapRanks(5, [2, 1, 2], 'node'), [0, 1, 2, 0, 2]);
  t.deepEqual(mapRanks(2, [2, 1, 2], 'node'), [0, 1]);
  t.deepEqual(mapRanks(5, [1, 1], 'slot'), [0, 1, 0, 1, 0]);
});

test('no host gets more than its slots before all are full', (t) => {
  const hosts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(
      hosts,
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom('slot', 'node'),
      (slots, ranks, by) => {
        const placed = mapRanks(ranks, slots, by);
        const total = slots.reduce((sum, count) => sum + count, 0);
        const counts = slots.map((_, host) => placed.filter((other) => other === host).length);
        const laps = Math.ceil(ranks / total);
        return placed.length === ranks && counts.every((count, host) => count <= laps * slots[host]);
      },
    ),
  );
  t.pass();
});

function host(name: string, cidrs: readonly string[], reached?: Hello['reached'], remote = true): Reported {
  const addresses = cidrs.map((cidr) => ({ address: cidr.split('/')[0], cidr }));
  const hello = { mpi4ts: '0', node: '20', cores: 1, addonMissing: null, addresses };
  return { name, remote, hello: { ...hello, ...(reached && { reached }) } };
}

test('hosts talk over the addresses at which they were reached', (t) => {
  const hosts = [
    host('here', ['10.0.0.9/24', '192.168.1.9/24'], { from: '172.16.0.1', at: '192.168.1.9' }, false),
    host('a', ['172.17.0.1/16', '10.0.0.1/24'], { from: '10.0.0.9', at: '10.0.0.1' }),
    host('b', ['172.17.0.1/16', '10.0.0.2/24'], { from: '10.0.0.9', at: '10.0.0.2' }),
  ];
  t.deepEqual(chooseAddresses(hosts), ['10.0.0.9', '10.0.0.1', '10.0.0.2']);
});

test('where the remote shell does not tell, they talk in a network that all have in common', (t) => {
  const hosts = [host('a', ['10.1.0.1/24', 'fd00::1/64']), host('b', ['10.2.0.2/24', 'fd00::2/64'])];
  t.deepEqual(chooseAddresses(hosts), ['fd00::1', 'fd00::2']);
});

test('hosts without a common network are named, with what they have', (t) => {
  const apart = [host('a', ['10.1.0.1/24']), host('b', ['10.2.0.2/24'])];
  t.throws(() => chooseAddresses(apart), {
    name: 'UsageError',
    message: 'the hosts have no network in common: a has 10.1.0.1/24; b has 10.2.0.2/24',
  });
  const families = [
    host('a', ['10.1.0.1/24'], { from: '10.1.0.9', at: '10.1.0.1' }),
    host('b', ['fd00::2/64'], { from: 'fd00::9', at: 'fd00::2' }),
    host('c', [], { from: '10.1.0.9', at: '127.0.0.1' }),
  ];
  t.throws(() => chooseAddresses(families.slice(0, 2)), { message: /no network in common/ });
  t.throws(() => chooseAddresses([families[0], families[2]]), { message: /c has no address/ });
});
