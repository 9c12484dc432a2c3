import OmniCore
import OmniTensor

/// A transcription in progress, window by window.
struct TranscriptionRun {
    let transcriber: WhisperTranscriber
    let settings: WhisperSettings
    let spectrogram: WindowedSpectrogram
    let language: WhisperLanguage
    /// Frames of each part that is listened to.
    private let clips: [Range<Int>]
    private var clip = 0
    /// The first frame of the next window.
    private var seek: Int
    /// What has been written, and what of it the next window is told.
    private var text: PrecedingText
    /// Where speech ended last, in seconds; known when words have times.
    private var lastSpeech = 0.0
    private var segments: [TranscriptSegment] = []
    /// What a window is encoded in, one after the other.
    private let memory = KeptScratch()
    /// The first window, when it has been encoded to find the language out.
    private var encodedWindow: (range: Range<Int>, audio: CrossAttentionCache)?

    init(_ transcriber: WhisperTranscriber, _ reader: SampleReader, _ settings: WhisperSettings) throws {
        let (model, vocabulary) = (transcriber.model, transcriber.vocabulary)
        try settings.validate(vocabulary, contextLength: model.decoder.configuration.contextLength)
        var settings = settings
        spectrogram = try WindowedSpectrogram(model.encoder.spectrogram, reader)
        let frameCount = spectrogram.frameCount
        clips = (settings.clips ?? [0...Double(frameCount)]).map { clip in
            func frame(_ seconds: Double) -> Int {
                Int(min((seconds * Self.framesPerSecond).rounded(.toNearestOrEven), Double(frameCount)))
            }
            return frame(clip.lowerBound)..<max(frame(clip.lowerBound), frame(clip.upperBound))
        }
        seek = clips.first?.lowerBound ?? 0
        if settings.decoding.language == nil, vocabulary.special.isMultilingual {
            let audio: CrossAttentionCache
            if settings.languageDetection == .firstWindow, let first = clips.first, !first.isEmpty {
                let range =
                    first.lowerBound..<min(first.upperBound, first.lowerBound + model.encoder.spectrogram.frameCount)
                audio = try model.crossAttention(
                    to: spectrogram.window(range), frameCount: range.count, in: memory)
                encodedWindow = (range, audio)
            } else {
                let range = 0..<min(frameCount, model.encoder.spectrogram.frameCount)
                let window = try spectrogram.window(range, isFollowedBySilence: true)
                audio = model.crossAttention(to: window, frameCount: range.count, in: memory)
                // A window without padding is the same either way.
                if range.count == model.encoder.spectrogram.frameCount { encodedWindow = (range, audio) }
            }
            settings.decoding.language = LanguageProbabilities.best(
                of: model.detectLanguages(of: [audio], vocabulary)[0])
        }
        language = settings.decoding.language ?? .english
        text = PrecedingText(settings, vocabulary, contextLength: model.decoder.configuration.contextLength)
        self.transcriber = transcriber
        self.settings = settings
    }

    static let framesPerSecond = Double(WhisperAudio.sampleRate / WhisperAudio.hopLength)
    var windowFrameCount: Int { transcriber.model.encoder.spectrogram.frameCount }
    var contentDuration: Double { Double(spectrogram.frameCount) / Self.framesPerSecond }

    /// What has been written so far.
    var transcript: Transcript {
        Transcript(
            text: transcriber.vocabulary.decode(text.written, namingSpecialTokens: true),
            language: language.code,
            duration: contentDuration, segments: segments)
    }

    /// Writes down the next window.
    ///
    /// - Returns: `nil` when there is none.
    mutating func advance() throws -> TranscriptionProgress? {
        while clip < clips.count, seek >= clips[clip].upperBound {
            clip += 1
            if clip < clips.count { seek = clips[clip].lowerBound }
        }
        guard clip < clips.count else { return nil }
        let (start, size) = (seek, min(windowFrameCount, clips[clip].upperBound - seek))
        let audio = try audio(start..<start + size)
        let result = try decode(audio)
        var found: [TranscriptSegment] = []
        if isSilent(result) {
            seek += size
        } else {
            found = try segments(of: result, audio, frameCount: size) ?? []
        }
        // The same window again would give the same.
        if seek <= start { seek = start + size }
        return TranscriptionProgress(
            position: Double(min(seek, spectrogram.frameCount)) / Self.framesPerSecond, duration: contentDuration,
            language: language.code, segments: found)
    }

    /// A window, encoded.
    private mutating func audio(_ range: Range<Int>) throws -> CrossAttentionCache {
        defer { encodedWindow = nil }
        if let encodedWindow, encodedWindow.range == range { return encodedWindow.audio }
        return try transcriber.model.crossAttention(
            to: spectrogram.window(range), frameCount: range.count, in: memory)
    }

    /// Tries one temperature after another.
    private func decode(_ audio: CrossAttentionCache) throws -> DecodingResult {
        let prompt = text.prompt
        var last: DecodingResult?
        for temperature in settings.temperatures {
            let options = settings.decoding(at: temperature, after: prompt)
            let result = try transcriber.model.decode([audio], transcriber.vocabulary, options)[0]
            last = result
            if isAcceptable(result) { break }
        }
        guard let last else { throw WhisperError.invalidOption(option: "temperatures", reason: "there is none") }
        return last
    }

    private func isAcceptable(_ result: DecodingResult) -> Bool {
        let isImprobable = settings.logProbabilityThreshold.map { result.averageLogProbability < $0 } ?? false
        if let threshold = settings.noSpeechThreshold, result.noSpeechProbability > threshold, isImprobable {
            return true
        }
        let isRepetitive = settings.compressionRatioThreshold.map { result.compressionRatio > $0 } ?? false
        return !isRepetitive && !isImprobable
    }

    private func isSilent(_ result: DecodingResult) -> Bool {
        guard let threshold = settings.noSpeechThreshold, result.noSpeechProbability > threshold else { return false }
        return !(settings.logProbabilityThreshold.map { result.averageLogProbability > $0 } ?? false)
    }

    /// Cuts the tokens of a window into segments, moves on to the next window and remembers what was written.
    ///
    /// - Returns: `nil` when the window is to be listened to again from a later start.
    private mutating func segments(
        of result: DecodingResult, _ audio: CrossAttentionCache, frameCount size: Int
    ) throws -> [TranscriptSegment]? {
        let start = seek
        let cut = SegmentCutter(result, transcriber.vocabulary, transcriber.model.encoder.configuration)
            .cut(frameCount: size, seek: start)
        seek += cut.advancedFrameCount
        var found = cut.segments
        if settings.hasWordTimes {
            let window = AlignedWindow(start: start, frameCount: size, endsSpeech: cut.endsInSingleTimestamp)
            addWords(to: &found, audio, window)
            guard skipSilence(in: &found, window) else { return nil }
            if let end = lastWordEnd(of: found) { lastSpeech = end }
        }
        for index in found.indices {
            guard found[index].start == found[index].end || found[index].text.trimmingBlanks().isEmpty else { continue }
            found[index].text = ""
            found[index].tokens = []
            found[index].words = []
        }
        segments += found
        text.append(
            found.flatMap { $0.tokens.map { Int($0.rawValue) } },
            isRemembered: settings.conditionsOnPreviousText && result.temperature <= 0.5)
        return found
    }

    private func addWords(to found: inout [TranscriptSegment], _ audio: CrossAttentionCache, _ window: AlignedWindow) {
        guard !found.isEmpty else { return }
        let (model, vocabulary) = (transcriber.model, transcriber.vocabulary)
        let texts = found.map { segment in
            segment.tokens.map { Int($0.rawValue) }.filter { $0 < vocabulary.special.endOfText }
        }
        let text = Array(texts.joined())
        let alignment = model.align(
            text, start: vocabulary.special.start(language, settings.decoding.task), special: vocabulary.special,
            to: audio, positionCount: min(window.frameCount / WhisperAudio.framesPerPosition, audio.positionCount))
        var timings = WordTimings(
            alignment, of: WordSplitter(vocabulary: vocabulary, language: language).words(text),
            secondsPerPosition: model.encoder.configuration.secondsPerPosition)
        timings.mergePunctuation(opening: settings.openingPunctuation, closing: settings.closingPunctuation)
        timings.assign(
            to: &found, textTokenCounts: texts.map(\.count), offset: Double(window.start) / Self.framesPerSecond,
            lastSpeech: lastSpeech)
    }

    /// Where the last word, or else the last segment, ends.
    private func lastWordEnd(of found: [TranscriptSegment]) -> Double? {
        found.last { !$0.words.isEmpty }?.words.last?.end ?? found.last?.end
    }

    /// Lets the next window start behind the last word, and skips silence around what may be made up.
    ///
    /// - Returns: whether the segments count.
    private mutating func skipSilence(in found: inout [TranscriptSegment], _ window: AlignedWindow) -> Bool {
        let offset = Double(window.start) / Self.framesPerSecond
        let windowEnd = Double(window.start + windowFrameCount) / Self.framesPerSecond
        func frame(_ seconds: Double) -> Int { Int((seconds * Self.framesPerSecond).rounded(.toNearestOrEven)) }
        if !window.endsSpeech, let end = lastWordEnd(of: found), end > offset { seek = frame(end) }
        guard let threshold = settings.hallucinationSilenceThreshold else { return true }
        if !window.endsSpeech, let end = lastWordEnd(of: found), end > offset {
            seek = windowEnd - end > threshold ? frame(end) : window.start + window.frameCount
        }
        if let first = found.first(where: { !$0.words.isEmpty }), first.isAnomalous, first.start - offset > threshold {
            seek = window.start + frame(first.start - offset)
            return false
        }
        var lastEnd = lastSpeech
        for index in found.indices where !found[index].words.isEmpty {
            let segment = found[index]
            if segment.isAnomalous {
                let next = found[(index + 1)...].first { !$0.words.isEmpty }
                let nextStart = next?.words.first?.start ?? offset + Double(window.frameCount) / Self.framesPerSecond
                let isSilentBefore =
                    segment.start - lastEnd > threshold || segment.start < threshold || segment.start - offset < 2
                let isSilentAfter =
                    nextStart - segment.end > threshold || (next?.isAnomalous ?? false) || windowEnd - segment.end < 2
                if isSilentBefore, isSilentAfter {
                    seek = frame(max(offset + 1, segment.start))
                    if contentDuration - segment.end < threshold { seek = spectrogram.frameCount }
                    found.removeSubrange(index...)
                    break
                }
            }
            lastEnd = segment.end
        }
        return true
    }
}

/// A window whose words are looked for.
struct AlignedWindow {
    /// Its first frame.
    var start: Int
    /// Frames of audio in it.
    var frameCount: Int
    /// Whether a single timestamp says that nothing is said behind the last segment.
    var endsSpeech: Bool
}

extension TranscriptSegment {
    /// Whether its first words are improbable, very short or very long.
    fileprivate var isAnomalous: Bool {
        let punctuation = "\"'“¿([{-\"'.。,，!！?？:：”)]}、"
        let first = words.filter { !punctuation.hasScalars($0.text) }.prefix(8)
        guard !words.isEmpty else { return false }
        let score = first.reduce(0) { $0 + $1.anomaly }
        return score >= 3 || score + 0.01 >= Double(first.count)
    }
}

extension TranscriptWord {
    fileprivate var anomaly: Double {
        let duration = end - start
        return (probability < 0.15 ? 1 : 0) + max(0, (0.133 - duration) * 15) + max(0, duration - 2)
    }
}
