import OmniCore
import OmniTensor

/// A word between alignment and transcript.
struct WordTiming {
    var text: String
    var tokens: [Int]
    /// Seconds from the start of the window.
    var start: Double
    var end: Double
    var probability: Double
}

/// Words of one window, and the repairs that openai-whisper makes to their times.
struct WordTimings {
    private(set) var words: [WordTiming]
    /// The median time of a word, at most 0.7 s.
    let medianDuration: Double

    private var longestDuration: Double { medianDuration * 2 }
    private static let sentenceEnds = ".。!！?？"

    /// - Parameter secondsPerPosition: 0.02 in published models.
    init(_ alignment: TokenAlignment?, of words: [WordSplitter.Word], secondsPerPosition: Double) {
        var timings: [WordTiming] = []
        if let alignment {
            var index = 0
            // Positions are a whole number for each second: dividing rounds as the reference does.
            let positionsPerSecond = (1 / secondsPerPosition).rounded()
            for word in words {
                let range = index..<index + word.tokens.count
                var sum: Float = 0
                for place in range { sum += alignment.probabilities[place] }
                timings.append(
                    WordTiming(
                        text: word.text, tokens: word.tokens,
                        start: Double(alignment.starts[range.lowerBound]) / positionsPerSecond,
                        end: Double(alignment.starts[range.upperBound]) / positionsPerSecond,
                        probability: Double(sum) / Double(max(1, range.count))))
                index = range.upperBound
            }
        }
        self.words = timings
        let durations = timings.map { $0.end - $0.start }.filter { $0 != 0 }.sorted()
        let middle = durations.count / 2
        let median =
            durations.isEmpty
            ? 0 : durations.count % 2 == 1 ? durations[middle] : (durations[middle - 1] + durations[middle]) / 2
        medianDuration = min(0.7, median)
        if !durations.isEmpty { shortenAtSentenceEnds() }
    }

    /// A word at the end of a sentence, or after one, is not longer than twice the median.
    private mutating func shortenAtSentenceEnds() {
        for index in words.indices.dropFirst() where words[index].end - words[index].start > longestDuration {
            if Self.sentenceEnds.hasScalars(words[index].text) {
                words[index].end = words[index].start + longestDuration
            } else if Self.sentenceEnds.hasScalars(words[index - 1].text) {
                words[index].start = words[index].end - longestDuration
            }
        }
    }

    /// Joins punctuation with the word that it belongs to; what is left of it is an empty word.
    mutating func mergePunctuation(opening: String, closing: String) {
        guard !words.isEmpty else { return }
        var following = words.count - 1
        for index in words.indices.dropLast().reversed() {
            if words[index].text.unicodeScalars.first == " ", opening.hasScalars(words[index].text.trimmingBlanks()) {
                words[following].text = words[index].text + words[following].text
                words[following].tokens = words[index].tokens + words[following].tokens
                words[index].text = ""
                words[index].tokens = []
            } else {
                following = index
            }
        }
        var previous = 0
        for index in words.indices.dropFirst() {
            if words[previous].text.unicodeScalars.last != " ", closing.hasScalars(words[index].text) {
                words[previous].text += words[index].text
                words[previous].tokens += words[index].tokens
                words[index].text = ""
                words[index].tokens = []
            } else {
                previous = index
            }
        }
    }

    /// Gives the words to the segments that they belong to, and the segments the times of their words.
    ///
    /// - Parameters:
    ///   - textTokenCounts: tokens of text of each segment.
    ///   - offset: where the window starts, in seconds.
    ///   - lastSpeech: where the speech before the window ended, in seconds.
    func assign(
        to segments: inout [TranscriptSegment], textTokenCounts: [Int], offset: Double, lastSpeech: Double
    ) {
        var lastSpeech = lastSpeech
        var next = 0
        for index in segments.indices {
            var tokenCount = 0
            var found: [TranscriptWord] = []
            while next < words.count, tokenCount < textTokenCounts[index] {
                let word = words[next]
                if !word.text.isEmpty {
                    found.append(
                        TranscriptWord(
                            text: word.text, start: (offset + word.start).roundedToHundredths,
                            end: (offset + word.end).roundedToHundredths, probability: word.probability))
                }
                tokenCount += word.tokens.count
                next += 1
            }
            fit(&found, &segments[index], lastSpeech: &lastSpeech)
            segments[index].words = found
        }
    }

    /// A word after a pause is not longer than twice the median, and a segment lasts from its first word to its last.
    private func fit(_ words: inout [TranscriptWord], _ segment: inout TranscriptSegment, lastSpeech: inout Double) {
        guard let first = words.first else { return }
        let longest = longestDuration
        let startsLong =
            first.end - first.start > longest || (words.count > 1 && words[1].end - first.start > longest * 2)
        if first.end - lastSpeech > medianDuration * 4, startsLong {
            if words.count > 1, words[1].end - words[1].start > longest {
                let boundary = max(words[1].end / 2, words[1].end - longest)
                words[0].end = boundary
                words[1].start = boundary
            }
            words[0].start = max(0, words[0].end - longest)
        }
        if segment.start < words[0].end, segment.start - 0.5 > words[0].start {
            words[0].start = max(0, min(words[0].end - medianDuration, segment.start))
        } else {
            segment.start = words[0].start
        }
        let last = words.count - 1
        if segment.end > words[last].start, segment.end + 0.5 < words[last].end {
            words[last].end = max(words[last].start + medianDuration, segment.end)
        } else {
            segment.end = words[last].end
        }
        lastSpeech = segment.end
    }
}

extension Double {
    /// To two decimals, correctly rounded from the exact binary value.
    var roundedToHundredths: Double {
        let scaled = (self * 100).rounded(.toNearestOrEven)
        // Where the product was rounded to a tie, the exact remainder decides.
        let remainder = (self * 100 - scaled).addingProduct(1, (-self * 100).addingProduct(self, 100))
        if remainder > 0.5 { return (scaled + 1) / 100 }
        if remainder < -0.5 { return (scaled - 1) / 100 }
        return scaled / 100
    }
}
