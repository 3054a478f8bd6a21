import { delimiter } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings, settingsHelp } from './settings.ts';

describe('settings', () => {
  it('gives every default when nothing is set, and an empty variable is not set', () => {
    const sessions = {
      sessionThreads: 0,
      sessionHeapMib: 512,
      sessionUnyieldingMs: 5_000,
      sessionMessagesInFlight: 1_000_000,
      sessionOutsideCalls: 1_000,
      sessionRecordingMib: 32,
      recordingsKept: 20,
      recordingsDays: 7,
    };
    const services = { serviceAtOnce: 64, serviceLimits: [], serviceWaiting: 1_000, serviceWaitMs: 30_000 };
    const defaults = {
      port: 8080,
      host: '127.0.0.1',
      dataDir: '.data',
      componentsDir: [],
      logLevel: 'warn',
      socketsPerAddress: 1_000,
      serverLeaseMs: 30_000,
      corsOrigin: [],
      ...sessions,
      ...services,
    };
    expect(readSettings({})).toEqual(defaults);
    expect(readSettings({ PORT: '', DATABASE_URL: '' })).toEqual(defaults);
  });

  it('reads each from its variable', () => {
    const env = {
      PORT: '0',
      HOST: '::1',
      DATABASE_URL: 'postgresql://localhost/x',
      REDIS_URL: 'rediss://localhost:6380',
      DATA_DIR: '/d',
      COMPONENTS_DIR: `a${delimiter}b`,
      LOG_LEVEL: 'debug',
      CORS_ORIGIN: 'https://a.example, http://b.example:1',
      SESSION_CPU_PERCENT: '50',
      SERVICE_LIMITS: 'https://a.example=2, postgres://h/d?x=1=10',
    };
    expect(readSettings(env)).toMatchObject({
      port: 0,
      host: '::1',
      databaseUrl: 'postgresql://localhost/x',
      redisUrl: 'rediss://localhost:6380',
      dataDir: '/d',
      componentsDir: ['a', 'b'],
      logLevel: 'debug',
      corsOrigin: ['https://a.example', 'http://b.example:1'],
      sessionCpuPercent: 50,
      serviceLimits: ['https://a.example=2', 'postgres://h/d?x=1=10'],
    });
  });

  it.each([
    [{ PORT: '65536' }, /PORT is "65536".*Port to listen on/],
    [{ PORT: 'http' }, /PORT is "http"/],
    [{ PORT: '1e3' }, /PORT is "1e3"/],
    [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL is "loud".*trace, debug/],
    [{ CORS_ORIGIN: 'example.org' }, /CORS_ORIGIN is "example.org"/],
    [{ SESSION_CPU_PERCENT: '0' }, /SESSION_CPU_PERCENT is "0".*in percent/],
    [{ SERVICE_LIMITS: 'https://a.example' }, /SERVICE_LIMITS is "https:\/\/a\.example".*https:\/\/api\.example\.com=8/],
    [{ SERVICE_LIMITS: 'https://a.example=0' }, /SERVICE_LIMITS/],
    [{ REDIS_URL: 'http://u:secret@h' }, /REDIS_URL is "http:\/\/u:\*\*\*@h"/],
    [{ SOCKETS_PER_ADDRESS: '0' }, /SOCKETS_PER_ADDRESS is "0"/],
    [{ DATABASE_URL: 'mysql://u:secret@h/d' }, /DATABASE_URL is "mysql:\/\/u:\*\*\*@h\/d"/],
  ])('refuses %j with the variable, its value and what is expected', (env, sentence) => {
    expect(() => readSettings(env)).toThrow(sentence);
    expect(() => readSettings(env)).not.toThrow(/secret/);
  });

  it('prints every variable with its default', () => {
    expect(settingsHelp()).toMatch(/ {2}PORT \(default 8080\)\n {6}Port to listen on/);
    expect(settingsHelp()).toMatch(/ {2}DATABASE_URL\n/);
  });
});
