public import OmniCore
import OmniTensor

extension WhisperTranscriber {
    /// An utterance that is written down while it is spoken.
    ///
    /// About once a second the audio since the last cut is decoded anew. What two decodings in a row agree on is final
    /// from then on: later ones are made to begin with it, so that final text never changes. When much of the window is
    /// final, its audio is cut off and the text becomes the prompt of what follows; memory and the work of a step are
    /// those of one window, however long the utterance.
    ///
    /// Of the settings the first temperature counts alone: text that is final is not decoded anew. Clips, the threshold
    /// of hallucinations and a prefix have no meaning here.
    public struct Stream: TranscriptionStream {
        private let transcriber: WhisperTranscriber
        private let settings: WhisperSettings
        /// Samples since the last cut.
        private var samples: [Float] = []
        /// Samples before it.
        private var cutSampleCount = 0
        private var decodedSampleCount = 0
        /// Final tokens since the last cut, and those that the last decoding had behind them: of audio that is kept.
        private var settled: [Int] = []
        private var tentative: [Int] = []
        /// Final tokens before the last cut.
        private var earlier: PrecedingText
        private var language: WhisperLanguage?
        /// What lies before the last cut.
        private(set) var segments: [TranscriptSegment] = []
        /// What the audio is encoded in, one decoding after the other.
        private let memory = KeptScratch()

        /// New audio that is worth another decoding: a second, or what the encoder hears at a time.
        private let stepSampleCount: Int
        /// Audio from which on the final part is cut off.
        private static let cutSampleThreshold = 15 * WhisperAudio.sampleRate

        init(_ transcriber: WhisperTranscriber, _ options: TranscriptionOptions) throws {
            var settings = try transcriber.settings.following(options)
            settings.decoding.usesTimestamps = false
            let contextLength = transcriber.model.decoder.configuration.contextLength
            try settings.validate(transcriber.vocabulary, contextLength: contextLength)
            self.transcriber = transcriber
            self.settings = settings
            stepSampleCount = min(WhisperAudio.sampleRate, transcriber.model.encoder.maximumSampleCount)
            language = settings.decoding.language
            earlier = PrecedingText(settings, transcriber.vocabulary, contextLength: contextLength)
        }

        /// - Throws: `AudioInputError.notFinite`, and takes nothing then.
        public mutating func push(_ samples: Span<Float>) throws -> PartialTranscript? {
            try samples.requireFinite(firstIndex: cutSampleCount + self.samples.count)
            var known: PartialTranscript?
            var start = 0
            // A piece at a time, so that a long one is treated as it would have been in many.
            while start < samples.count {
                let end = min(samples.count, start + stepSampleCount + decodedSampleCount - self.samples.count)
                for index in start..<end { self.samples.append(samples[index]) }
                start = end
                guard self.samples.count - decodedSampleCount >= stepSampleCount else { break }
                try decode(isLast: false)
                known = PartialTranscript(
                    final: text(segments.map(\.text).joined(), settled), tentative: text("", tentative))
            }
            return known
        }

        public mutating func finish() throws -> Transcript {
            if samples.count > decodedSampleCount {
                try decode(isLast: true)
            } else {
                settleAll()
            }
            let duration = Double(cutSampleCount + samples.count) / Double(WhisperAudio.sampleRate)
            try closeSegment(at: samples.count)
            return Transcript(
                text: segments.map(\.text).joined(), language: (language ?? .english).code, duration: duration,
                segments: segments)
        }

        private func text(_ before: String, _ tokens: [Int]) -> String {
            before + transcriber.vocabulary.decode(tokens)
        }

        /// Decodes the audio since the last cut and finds what has become final; at the end everything has.
        private mutating func decode(isLast: Bool) throws {
            decodedSampleCount = samples.count
            let audio = try crossAttention()
            if language == nil || (settled.isEmpty && segments.isEmpty && settings.decoding.language == nil) {
                language =
                    transcriber.vocabulary.special.isMultilingual
                    ? LanguageProbabilities.best(
                        of: transcriber.model.detectLanguages(of: [audio], transcriber.vocabulary)[0])
                    : .english
            }
            var options = settings.decoding(at: settings.temperatures[0], after: earlier.prompt)
            options.language = language
            options.prefix = settled.map { TokenID($0) }
            let result = try transcriber.model.decode([audio], transcriber.vocabulary, options)[0]
            let isSilent =
                settings.noSpeechThreshold.map { threshold in
                    result.noSpeechProbability > threshold
                        && result.averageLogProbability < settings.logProbabilityThreshold ?? .infinity
                } ?? false
            let found =
                isSilent && settled.isEmpty
                ? [] : result.tokens.map { Int($0.rawValue) }.filter { $0 < transcriber.vocabulary.special.endOfText }
            let agreed = isLast ? found.count : wholeWordCount(found, agreedCount(found, tentative))
            settled += found.prefix(agreed)
            tentative = Array(found.dropFirst(agreed))
            if !isLast, samples.count >= Self.cutSampleThreshold || isFull || isCrowded { try cut(audio) }
        }

        /// Whether another step would be more than the encoder hears at a time.
        private var isFull: Bool {
            samples.count + stepSampleCount > transcriber.model.encoder.maximumSampleCount
        }

        /// Whether final tokens, which every decoding begins with, take up a quarter of the decoder's context.
        private var isCrowded: Bool {
            settled.count > transcriber.model.decoder.configuration.contextLength / 4
        }

        private func agreedCount(_ a: [Int], _ b: [Int]) -> Int { zip(a, b).prefix { $0 == $1 }.count }

        /// How many of the first `count` tokens are whole words.
        private func wholeWordCount(_ tokens: [Int], _ count: Int) -> Int {
            guard count < tokens.count else { return count }
            var whole = 0
            for word in splitter.words(tokens) {
                guard whole + word.tokens.count <= count else { break }
                whole += word.tokens.count
            }
            return whole
        }

        private var splitter: WordSplitter {
            WordSplitter(vocabulary: transcriber.vocabulary, language: language ?? .english)
        }

        private func crossAttention() throws -> CrossAttentionCache {
            let model = transcriber.model
            let reader = try SampleReader(AudioChunk(samples, sampleRate: WhisperAudio.sampleRate))
            let spectrogram = try WindowedSpectrogram(model.encoder.spectrogram, reader)
            let range = 0..<min(spectrogram.frameCount, model.encoder.spectrogram.frameCount)
            return model.crossAttention(to: try spectrogram.window(range), frameCount: range.count, in: memory)
        }

        /// The times of the final words since the last cut.
        private func timings(_ audio: CrossAttentionCache) -> WordTimings {
            let special = transcriber.vocabulary.special
            let positionCount = min(samples.count / WhisperAudio.samplesPerPosition, audio.positionCount)
            let alignment = transcriber.model.align(
                settled, start: special.start(language ?? .english, settings.decoding.task), special: special,
                to: audio,
                positionCount: positionCount)
            return WordTimings(
                alignment, of: splitter.words(settled),
                secondsPerPosition: transcriber.model.encoder.configuration.secondsPerPosition)
        }

        /// Cuts off the audio of the final words. Audio in which nothing is final is cut where the window is full: all
        /// of it is taken as it is then.
        private mutating func cut(_ audio: CrossAttentionCache) throws {
            if isFull { settleAll() }
            let end = timings(audio).words.last.map { Int($0.end * Double(WhisperAudio.sampleRate)) } ?? 0
            let minimum = Self.cutSampleThreshold / 3
            guard end >= minimum || isFull || isCrowded else { return }
            // Words without times are taken to fill what there is.
            let isWhole = isFull || end <= 0 || end >= samples.count
            if isWhole { settleAll() }
            try closeSegment(at: isWhole ? samples.count : end, audio)
        }

        /// What the last decoding found is final.
        private mutating func settleAll() {
            settled += tentative
            tentative = []
        }

        /// Makes a segment of the final tokens, and starts anew behind `sampleCount` samples.
        private mutating func closeSegment(at sampleCount: Int, _ audio: CrossAttentionCache? = nil) throws {
            let offset = Double(cutSampleCount) / Double(WhisperAudio.sampleRate)
            if !settled.isEmpty {
                var segment = TranscriptSegment(
                    start: offset, end: offset + Double(sampleCount) / Double(WhisperAudio.sampleRate),
                    text: transcriber.vocabulary.decode(settled))
                segment.tokens = settled.map { TokenID($0) }
                if settings.hasWordTimes {
                    var timings = try timings(audio ?? crossAttention())
                    timings.mergePunctuation(opening: settings.openingPunctuation, closing: settings.closingPunctuation)
                    var one = [segment]
                    timings.assign(
                        to: &one, textTokenCounts: [settled.count], offset: offset,
                        lastSpeech: segments.last?.end ?? 0)
                    segment = one[0]
                }
                segments.append(segment)
            }
            earlier.append(settled, isRemembered: settings.conditionsOnPreviousText)
            settled = []
            samples.removeFirst(sampleCount)
            cutSampleCount += sampleCount
            decodedSampleCount = samples.count
        }
    }

    public func makeStream(_ options: TranscriptionOptions) throws -> Stream { try Stream(self, options) }
}
