import ArgumentParser
import CommandSupport
import Foundation
import OmniPipeline
import OmniVAD
import OmniWhisper

struct Listen: AsyncParsableCommand {
    enum Pace: String, ExpressibleByArgument, CaseIterable { case real, fast }

    static let configuration = CommandConfiguration(
        abstract: "Converse: listen, answer, be interrupted.",
        discussion: """
            Listens to the microphone, through PortAudio when it is installed, or to a recording with --input. \
            --record NAME writes NAME.wav, left what was heard and right the answer as it was heard, and NAME.jsonl, \
            which --replay takes: the same conversation once more, offline, and exit status 1 if a single bit of it \
            differs.
            """)

    @OptionGroup var model: ModelOption

    @Option(help: ArgumentHelp("A recording instead of the microphone, or - for standard input.", valueName: "audio"))
    var input: String?

    @Option(help: "Feed the file as it was spoken (real), or let a second pass with each second heard (fast).")
    var pace = Pace.real

    @Option(
        help: ArgumentHelp(
            "The index of an audio device, see omni devices; without it the system's default.", valueName: "n"))
    var device: Int?

    @Option(help: ArgumentHelp("A Silero file; without it the model's own.", valueName: "file"))
    var vad: String?

    @Option(help: ArgumentHelp("Write a recording and a trace.", valueName: "name"))
    var record: String?

    @Option(help: ArgumentHelp("Replay a trace and check that nothing differs.", valueName: "jsonl"))
    var replay: String?

    @Flag(help: "Take the reply out of what the microphone hears, for loudspeakers.")
    var echo = false

    @Flag(help: "Write down what is said.")
    var transcribe = false

    @Option(
        help: ArgumentHelp(
            "A Whisper model that writes it down, with --transcribe; without it the model does.",
            valueName: "file|dir|id"))
    var transcriber: String?

    @Option(help: ArgumentHelp("What goes in and what comes out.", valueName: "mode"))
    var mode = ReplyMode.speechToSpeechBatch

    @OptionGroup(title: "When turns begin and end") var turns: TurnOptions
    @OptionGroup(title: "How tokens are chosen") var sampling: SamplingOptions
    @OptionGroup var noise: NoiseOption
    @OptionGroup var engine: EngineOption

    func validate() throws {
        if !mode.listens { throw ValidationError("mode \(mode.rawValue) does not listen") }
        if replay != nil {
            if input != nil || device != nil || record != nil { throw ValidationError("--replay has its own audio") }
            guard turns.hasDefaults, sampling.hasDefaults, sampling.seed == 0, !echo, !transcribe, pace == .real,
                mode == .speechToSpeechBatch, noise.noise == .seeded
            else {
                throw ValidationError(
                    "a conversation is replayed as its trace says: of its options only models go with --replay")
            }
        }
        if pace == .fast, input == nil { throw ValidationError("--pace fast goes with --input") }
        if let record, record.isEmpty || record.hasSuffix("/") || record == "-" {
            throw ValidationError("--record wants the name of two files, without their endings")
        }
        try NumberCheck.require("--device", device, in: 0...65_535)
        if transcriber != nil, !transcribe, replay == nil {
            throw ValidationError("--transcriber goes with --transcribe")
        }
        if input != nil, device != nil { throw ValidationError("give either --input or --device") }
    }

    func run() async throws {
        if let replay { return try await check(replay) }
        let omni = try await model.load(engine: engine, noise: noise.value(seed: sampling.seed))
        let voiceActivity = try voiceActivity(omni)
        let turnEnd = try turns.turnEnd(of: omni, engine)
        let settings = settings(isJudged: turnEnd != nil)
        var options = settings.options
        options.voiceActivity = voiceActivity
        options.turnEnd = turnEnd
        options.transcriber = try loadTranscriber()
        options.reportsWindows = true
        if let input {
            options.pace = pace == .fast ? .simulated : .real
            let audio = try AudioInput.read(input)
            let microphone = FileMicrophone(audio: audio, isPaced: pace == .real)
            let stop = Interrupt { microphone.close() }
            defer { stop.end() }
            let recorder = try makeRecorder(settings, sampleRate: audio.sampleRate, voiceActivity)
            return try await converse(omni, microphone, recorder, options) { _ in }
        }
        let device = try AudioDevice(index: device)
        defer { device.close() }
        Console.note("Listening. End with control-C.")
        let stop = Interrupt { device.close() }
        defer { stop.end() }
        let recorder = try makeRecorder(settings, sampleRate: AudioDevice.sampleRate, voiceActivity)
        try await converse(omni, device.microphone, recorder, options, play: device.player.handle)
    }

    /// - Parameter isJudged: whether a model judges the ends of turns.
    private func settings(isJudged: Bool) -> ConversationTrace.Settings {
        ConversationTrace.Settings(
            recording: record.map { URL(filePath: $0).lastPathComponent + ".wav" } ?? "", mode: mode,
            seed: sampling.seed, topK: sampling.topK, temperature: sampling.temperature, topP: sampling.topP,
            maxSteps: sampling.maxSteps, silenceMilliseconds: turns.silence,
            candidateMilliseconds: turns.prepareAfter > 0 ? turns.prepareAfter : nil,
            eagerness: isJudged ? turns.eagerness ?? .auto : nil, threshold: turns.threshold,
            interrupts: turns.interrupt, removesEcho: echo, transcribes: transcribe,
            hasTranscriber: transcriber == nil ? nil : true, hasVoiceActivity: vad == nil ? nil : true,
            noise: noise.noise == .seeded ? nil : noise.noise)
    }

    private func voiceActivity(_ omni: MiniOmni) throws -> any VoiceActivityModel {
        if let vad { return try SileroVAD.load(from: URL(argument: vad)) }
        guard let own = omni.voiceActivity else { throw OmniSessionError.noVoiceActivity }
        return own
    }

    private func loadTranscriber() throws -> WhisperTranscriber? {
        try transcriber.map { name in
            try WhisperTranscriber.load(
                from: ModelLocation(name).folder, engine: engine.make(), precision: engine.partPrecision)
        }
    }

    private func converse<Audio: AsyncSequence & Sendable>(
        _ omni: MiniOmni, _ audio: Audio, _ recorder: ConversationRecorder?, _ options: ConversationOptions,
        play: (ConversationEvent) -> Void
    ) async throws where Audio.Element == AudioChunk {
        var options = options
        if let recorder { options.onReplayEntry = { recorder.take($0) } }
        let heard = RecordedAudio(audio: audio, recorder: recorder)
        var view = ConversationView()
        do {
            for try await event in omni.makeSession().converse(listeningTo: heard, options: options) {
                play(event)
                try recorder?.take(event)
                try view.take(event)
            }
        } catch {
            // What was said so far is the user's.
            try? recorder?.finish()
            throw error
        }
        try recorder?.finish()
    }

    private func makeRecorder(
        _ settings: ConversationTrace.Settings, sampleRate: Int, _ model: any VoiceActivityModel
    ) throws -> ConversationRecorder? {
        guard let record else { return nil }
        let windowDuration = Duration.seconds(Double(model.windowSampleCount) / Double(model.sampleRate))
        return try ConversationRecorder(
            record, settings: settings, sampleRate: sampleRate, windowDuration: windowDuration)
    }

    /// Converses once more as a trace says, and compares.
    private func check(_ path: String) async throws {
        let trace = try ConversationTrace(contentsOf: path)
        let recording = URL(argument: path).deletingLastPathComponent().appending(path: trace.settings.recording)
        var reader = try WAVReader(contentsOf: recording)
        var left = AudioChunk([], sampleRate: reader.format.sampleRate)
        while case let piece = try reader.readInterleaved(frameCount: 65_536), !piece.isEmpty {
            left.samples += stride(from: 0, to: piece.count, by: reader.format.channelCount).map { piece[$0] }
        }
        left.samples.removeLast(max(left.samples.count - trace.heardSampleCount, 0))
        var noise = noise
        noise.noise = trace.settings.noise ?? .seeded
        let omni = try await model.load(engine: engine, noise: noise.value(seed: trace.settings.seed))
        var options = trace.settings.options
        guard trace.settings.hasVoiceActivity ?? false == (vad != nil) else {
            let other =
                vad == nil ? "another model of voice activity: --vad is needed" : "the model's own voice activity"
            throw ValidationError("the turns of this trace were found by \(other)")
        }
        options.voiceActivity = try voiceActivity(omni)
        options.turnEnd = try turns.turnEnd(of: omni, engine)
        guard trace.settings.eagerness == nil || options.turnEnd != nil else {
            throw ValidationError("turns of this trace were judged by a model: --turn-model is needed")
        }
        guard trace.settings.hasTranscriber ?? false == (transcriber != nil) else {
            let other = transcriber == nil ? "another model: --transcriber is needed" : "the language model"
            throw ValidationError("this trace was transcribed by \(other)")
        }
        options.transcriber = try loadTranscriber()
        options.pace = .replayed(trace.replay)
        var events: [String] = []
        let microphone = FileMicrophone(audio: left, isPaced: false)
        for try await event in omni.makeSession().converse(listeningTo: microphone, options: options) {
            if let record = event.record { events.append(record) }
        }
        if let index = zip(events, trace.events).firstIndex(where: { $0 != $1 }) {
            Console.note("event \(index + 1) was \"\(trace.events[index])\" and is \"\(events[index])\"")
            throw ExitCode(ExitStatus.checkFailed.rawValue)
        }
        guard events.count == trace.events.count else {
            Console.note("there were \(trace.events.count) events, and are \(events.count)")
            throw ExitCode(ExitStatus.checkFailed.rawValue)
        }
        try StandardOutput.write("\(events.count) events, each the same to the last bit\n")
    }
}

extension Sequence {
    /// The index of the first element for which something holds.
    fileprivate func firstIndex(where condition: (Element) -> Bool) -> Int? {
        enumerated().first { condition($0.element) }?.offset
    }
}
