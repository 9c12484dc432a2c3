import OmniCore
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniWhisper

/// Whole recordings, against openai-whisper.
@Suite struct TranscriptionTests {
    private let golden: GoldenTranscription

    init() throws { golden = try GoldenTranscription.stored.get() }

    @Test(arguments: GoldenTranscription.audioNames + ["long"])
    func segmentsAndWordsAreTheReferences(_ name: String) throws {
        let transcriber = try GoldenTranscription.transcriber(.native)
        let audio = try GoldenTranscription.audio(name)
        // The reference goes on with nothing where a clip lies behind the end of the audio; nothing is not listened to
        // here.
        let cases = golden.transcriptions.filter { example in
            example.audio == name && (example.options.clip_timestamps == nil || name == "long")
        }
        #expect(cases.count == (name == "long" ? 9 : 8))
        for expected in cases {
            let settings = expected.options.settings(transcriber.vocabulary, duration: 0)
            let found = try transcriber.transcribe(SampleReader(audio), settings)
            let comment: Comment = "\(name) \(expected.options)"
            #expect(found.text == expected.text, comment)
            #expect(found.language == expected.language, comment)
            #expect(found.segments.count == expected.segments.count, comment)
            for (segment, expected) in zip(found.segments, expected.segments) {
                #expect(segment.seek == expected.seek, comment)
                #expect(segment.tokens.map { Int($0.rawValue) } == expected.tokens, comment)
                #expect(segment.text == expected.text, comment)
                #expect(abs(segment.start - expected.start) < 1e-9, comment)
                #expect(abs(segment.end - expected.end) < 1e-9, comment)
                #expect(abs(segment.averageLogProbability - expected.averageLogProbability) < 1e-3, comment)
                #expect(abs(segment.compressionRatio - expected.compressionRatio) < 1e-9, comment)
                #expect(segment.words.map(\.text) == expected.words.map(\.text), comment)
                for (word, expected) in zip(segment.words, expected.words) {
                    #expect(abs(word.start - expected.start) < 1e-9, comment)
                    #expect(abs(word.end - expected.end) < 1e-9, comment)
                    #expect(abs(word.probability - expected.probability) < 1e-3, comment)
                }
            }
        }
    }

    /// Asked before each window; what was done is dropped.
    @Test func aTranscriptionThatNobodyWantsAnyMoreStops() throws {
        let transcriber = try GoldenTranscription.transcriber(.native)
        let audio = try GoldenTranscription.audio("long")
        let whole = try transcriber.transcribe(audio, TranscriptionOptions())
        var questionCount = 0
        let unstopped = try transcriber.transcribe(audio, TranscriptionOptions()) {
            questionCount += 1
            return false
        }
        #expect(unstopped == whole && questionCount > 2)
        var isStopped = [true, false]
        #expect(try transcriber.transcribe(audio, TranscriptionOptions()) { isStopped.popLast() ?? true } == nil)
        #expect(isStopped.isEmpty)
    }

    /// Long audio is not kept: windows are computed again, and are the same.
    @Test func windowsAreThoseOfTheWholeSpectrogram() throws {
        let spectrogram = LogMelSpectrogram()
        let audio = try GoldenTranscription.audio("long")
        let reader = try SampleReader(audio)
        let windowed = try WindowedSpectrogram(spectrogram, reader)
        #expect(windowed.frameCount == 7000)
        // The first window alone, with the loudest value in it, is what the spectrogram of its samples is.
        let first = Array(audio.samples.prefix(29 * 16_000))
        let single = try WindowedSpectrogram(spectrogram, SampleReader(AudioChunk(first, sampleRate: 16_000)))
        let expected = try spectrogram(first.span)
        let found = try single.window(0..<2900, isFollowedBySilence: true)
        #expect(Tolerance.largestDifference(found.rows(0..<2899), expected.rows(0..<2899)) == 0)
        #expect(try single.window(0..<2900).rows(2900..<3000).scalars.allSatisfy { $0 == 0 })
    }

    @Test func longAudioIsReadAWindowAtATime() throws {
        let audio = RandomWhisper.audio(16_000).samples
        var largest = 0
        // 700 s of the same second.
        let reader = SampleReader(sampleCount: 700 * 16_000) { range in
            largest = max(largest, range.count)
            return range.map { audio[$0 % audio.count] }
        }
        let windowed = try WindowedSpectrogram(LogMelSpectrogram(), reader)
        let late = try windowed.window(69_000..<70_000)
        #expect(largest <= 480_400)
        #expect(try windowed.window(68_000..<69_000).rows(100..<200) == late.rows(100..<200))
    }

    @Test func aProblemWhileReadingEndsTheWork() throws {
        struct Broken: Error {}
        let transcriber = try GoldenTranscription.transcriber(.native)
        let reader = SampleReader(sampleCount: 16_000) { _ in throw Broken() }
        #expect(throws: Broken.self) { try transcriber.transcribe(reader) }
        #expect(throws: Broken.self) {
            try transcriber.transcribe(SampleReader(RandomWhisper.audio(16_000))) { _ in throw Broken() }
        }
        let nan = SampleReader(sampleCount: 100) { Array(repeating: .nan, count: $0.count) }
        #expect(throws: AudioInputError.notFinite(sampleIndex: 0)) { try transcriber.transcribe(nan) }
        #expect(throws: AudioInputError.wrongSampleRate(expected: 16_000, found: 8000)) {
            try transcriber.transcribe(AudioChunk([0], sampleRate: 8000), TranscriptionOptions())
        }
        #expect(throws: WhisperError.unknownLanguage("klingon")) {
            try transcriber.transcribe(RandomWhisper.audio(1), TranscriptionOptions(language: "klingon"))
        }
    }

    @Test func noAudioGivesNoText() throws {
        let transcriber = try GoldenTranscription.transcriber(.native)
        let found = try transcriber.transcribe(AudioChunk([], sampleRate: 16_000), TranscriptionOptions())
        #expect(found.segments.isEmpty && found.text.isEmpty && found.duration == 0)
    }

    /// Too improbable at every temperature: the last one counts.
    @Test func temperaturesAreTriedInOrder() throws {
        var transcriber = try GoldenTranscription.transcriber(.native)
        transcriber.settings.noSpeechThreshold = nil
        transcriber.settings.temperatures = [0, 0.5, 1]
        transcriber.settings.logProbabilityThreshold = 0
        let audio = try GoldenTranscription.audio("q_name_16k.wav")
        #expect(try transcriber.transcribe(audio, TranscriptionOptions()).segments.first?.temperature == 1)
        transcriber.settings.logProbabilityThreshold = -100
        #expect(try transcriber.transcribe(audio, TranscriptionOptions()).segments.first?.temperature == 0)
        transcriber.settings.compressionRatioThreshold = 0
        #expect(try transcriber.transcribe(audio, TranscriptionOptions()).segments.first?.temperature == 1)
    }

    // MARK: Streams

    private func stream(
        _ transcriber: WhisperTranscriber, _ samples: [Float], pieceCount: Int, _ options: TranscriptionOptions
    ) throws -> ([PartialTranscript], Transcript) {
        var stream = try transcriber.makeStream(options)
        var known: [PartialTranscript] = []
        for start in stride(from: 0, to: samples.count, by: pieceCount) {
            let piece = Array(samples[start..<min(start + pieceCount, samples.count)])
            if let partial = try stream.push(piece.span) { known.append(partial) }
        }
        return (known, try stream.finish())
    }

    @Test func finalTextNeverChanges() throws {
        let transcriber = try GoldenTranscription.transcriber(.native)
        let samples = try Array(GoldenTranscription.audio("long").samples.prefix(45 * 16_000))
        let (known, whole) = try stream(
            transcriber, samples, pieceCount: 8000, TranscriptionOptions(hasWordTimes: true))
        #expect(known.count == 45)
        for (earlier, later) in zip(known, known.dropFirst()) { #expect(later.final.hasPrefix(earlier.final)) }
        #expect(whole.text.hasPrefix(try #require(known.last?.final)))
        #expect(whole.duration == 45)
        #expect(whole.segments.count > 1)
        #expect(whole.text == whole.segments.map(\.text).joined())
    }

    /// Words that the stream hears behind a cut are shown, and written when the stream ends there.
    @Test func wordsBehindACutAreKept() throws {
        let transcriber = try GoldenTranscription.transcriber(.native)
        // From 25 s on the stream cuts at 15 s, where the model hears more words.
        let samples = try Array(GoldenTranscription.audio("long").samples[400_000..<720_000])
        var stream = try transcriber.makeStream(TranscriptionOptions(language: "en"))
        var wordsBehindCuts: [String] = []
        for start in stride(from: 0, to: samples.count, by: 16_000) {
            let cutCount = stream.segments.count
            let known = try #require(try stream.push(samples[start..<start + 16_000].span))
            var ended = stream
            #expect(try ended.finish().text == known.final + known.tentative, "after \(start / 16_000 + 1) s")
            if stream.segments.count > cutCount { wordsBehindCuts.append(known.tentative) }
        }
        #expect(wordsBehindCuts.contains { !$0.isEmpty }, "\(wordsBehindCuts)")
    }

    @Test func aStreamWithoutContextStartsEachWindowAnew() throws {
        var transcriber = try GoldenTranscription.transcriber(.native)
        let samples = try Array(GoldenTranscription.audio("long").samples.prefix(45 * 16_000))
        let (_, withContext) = try stream(transcriber, samples, pieceCount: 16_000, TranscriptionOptions())
        transcriber.settings.conditionsOnPreviousText = false
        let (_, without) = try stream(transcriber, samples, pieceCount: 16_000, TranscriptionOptions())
        #expect(without.segments.first == withContext.segments.first)
        #expect(without.text != withContext.text)
    }

    @Test func anyChoppingOfWholeSecondsGivesTheSame() throws {
        let transcriber = try GoldenTranscription.transcriber(.native)
        let samples = try GoldenTranscription.audio("q_weather_16k.wav").samples
        let (known, whole) = try stream(transcriber, samples, pieceCount: samples.count, TranscriptionOptions())
        let (pieces, chopped) = try stream(transcriber, samples, pieceCount: 333, TranscriptionOptions())
        #expect(chopped == whole)
        #expect(pieces.last == known.last)
    }

    /// An encoder that hears four seconds, and one that hears half a second: what is cut off has been heard.
    @Test(arguments: [200, 25]) func aStreamIsCutWhereTheWindowIsFull(_ contextLength: Int) throws {
        let golden = try GoldenTranscription.model(.native)
        let configuration = WhisperEncoder.Configuration(
            melBinCount: golden.encoder.configuration.melBinCount, contextLength: contextLength,
            width: golden.decoder.configuration.width, headCount: 4, layerCount: 1)
        let model = try Whisper(
            encoder: RandomWhisper.make(.native, configuration), decoder: golden.decoder,
            alignmentHeads: golden.alignmentHeads)
        let transcriber = try WhisperTranscriber(model, GoldenTranscription.vocabulary())
        let window = Double(model.encoder.maximumSampleCount) / 16_000
        let samples = try Array(GoldenTranscription.audio("long").samples.prefix(10 * 16_000))
        let (_, whole) = try stream(
            transcriber, samples, pieceCount: 8000, TranscriptionOptions(language: "en"))
        #expect(whole.segments.count > 1)
        for segment in whole.segments { #expect(segment.end - segment.start <= window + 1e-9, "\(segment)") }
        #expect(whole.duration == 10)
    }

    @Test func aStreamWithoutSamplesIsEmpty() throws {
        var stream = try GoldenTranscription.transcriber(.native).makeStream(TranscriptionOptions())
        #expect(try stream.finish() == Transcript(text: "", language: "en", duration: 0, segments: []))
    }
}
