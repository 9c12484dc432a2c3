import OmniNN
import OmniTensor

/// When the tokens of a text were said, and how probable they were.
struct TokenAlignment {
    /// For each token, and for the end, the encoder position at which it begins.
    var starts: [Int]
    /// The probability of each token among the tokens of text.
    var probabilities: [Float]
}

extension Whisper {
    /// Aligns a text with the audio that it was written for: the alignment heads' attention, normalised over the
    /// tokens, smoothed in time and averaged, is a matrix through which the cheapest path is taken.
    ///
    /// - Parameters:
    ///   - tokens: text, without special tokens.
    ///   - start: language and task, see ``SpecialTokens/start(_:_:)``.
    ///   - positionCount: positions of the encoder that have audio in them.
    /// - Returns: `nil` when there is nothing to align.
    func align(
        _ tokens: [Int], start: [Int], special: SpecialTokens, to audio: CrossAttentionCache, positionCount: Int
    ) -> TokenAlignment? {
        let sequence = start + [special.noTimestamps] + tokens + [special.endOfText]
        guard !tokens.isEmpty, positionCount > 0, sequence.count <= decoder.configuration.contextLength else {
            return nil
        }
        var scratch = DecoderScratch()
        var cache = decoder.makeCache(rowCount: 1)
        var rows = [Double](repeating: 0, count: sequence.count * positionCount)
        let tokenIDs = sequence.map { Int32($0) }
        decoder.forward([tokenIDs], &cache, audio: [audio], logitsAt: [], &scratch) { layer, queries in
            for head in alignmentHeads.heads where head.layer == layer {
                add(head, queries, audio.layers[layer].keys(ofHead: head.head), positionCount: positionCount, to: &rows)
            }
        }
        let probabilities = probabilities(of: tokens, after: start.count, special, &scratch)
        // From the token before the text to the last of it.
        let used = rows[start.count * positionCount..<(sequence.count - 1) * positionCount]
        let scale = -1 / Double(alignmentHeads.heads.count)
        let costs = used.map { Double(Float($0 * scale)) }
        let path = DynamicTimeWarping.path(costs.span, rowCount: tokens.count + 1, columnCount: positionCount)
        var starts: [Int] = []
        for (index, step) in path.enumerated() where index == 0 || step.row != path[index - 1].row {
            starts.append(step.column)
        }
        return TokenAlignment(starts: starts, probabilities: probabilities)
    }

    /// Values that the median of the reference is taken of: 140 ms.
    private static var medianWidth: Int { 7 }

    /// Adds what a head attends to, normalised and smoothed, to `rows` `[N, positionCount]`.
    private func add(
        _ head: AlignmentHeads.Head, _ queries: Span<Float>, _ keys: [Float], positionCount: Int,
        to rows: inout [Double]
    ) {
        var weights = attention(head, queries, keys, positionCount: positionCount)
        let count = weights.count / positionCount
        for column in 0..<positionCount {
            var (sum, squares) = (0.0, 0.0)
            for row in 0..<count { sum += Double(weights[row * positionCount + column]) }
            let mean = sum / Double(count)
            for row in 0..<count {
                let difference = Double(weights[row * positionCount + column]) - mean
                squares += difference * difference
            }
            let (center, deviation) = (Float(mean), Float((squares / Double(count)).squareRoot()))
            for row in 0..<count {
                weights[row * positionCount + column] = (weights[row * positionCount + column] - center) / deviation
            }
        }
        for row in 0..<count {
            let range = row * positionCount..<(row + 1) * positionCount
            var values = Array(weights[range])
            MedianFilter.apply(to: &values, width: Self.medianWidth)
            for (index, value) in zip(range, values) { rows[index] += Double(value) }
        }
    }

    /// What a head attends to, among the first positions only: `[N, positionCount]`.
    private func attention(
        _ head: AlignmentHeads.Head, _ queries: Span<Float>, _ keys: [Float], positionCount: Int
    ) -> [Float] {
        let (width, headWidth) = (decoder.configuration.width, decoder.configuration.headWidth)
        let first = head.head * headWidth
        let scale = Double(1 / Float(headWidth).squareRoot())
        let keys = keys.span
        var result: [Float] = []
        result.reserveCapacity(queries.count / width * positionCount)
        var scores = [Double](repeating: 0, count: positionCount)
        for row in 0..<queries.count / width {
            var largest = -Double.infinity
            for position in 0..<positionCount {
                var sum: Float = 0
                let key = position * headWidth
                for i in 0..<headWidth { sum += queries[row * width + first + i] * keys[key + i] }
                scores[position] = Double(sum) * scale
                largest = max(largest, scores[position])
            }
            var total = 0.0
            for position in 0..<positionCount {
                scores[position] = ScalarMath.exp(scores[position] - largest)
                total += scores[position]
            }
            for position in 0..<positionCount { result.append(Float(scores[position] / total)) }
        }
        return result
    }

    /// How probable each token was among the tokens of text, after those before it.
    private func probabilities(
        of tokens: [Int], after startCount: Int, _ special: SpecialTokens, _ scratch: inout DecoderScratch
    ) -> [Float] {
        // A few rows of logits at a time: a row has as many values as there are tokens in the vocabulary.
        var result: [Float] = []
        for first in stride(from: 0, to: tokens.count, by: 16) {
            let range = first..<min(first + 16, tokens.count)
            decoder.project(rowCount: 1, count: 0, range.map { startCount + $0 }, &scratch)
            for (row, index) in range.enumerated() {
                let start = row * scratch.logits.width
                let logits = scratch.logits.span.extracting(start..<start + special.endOfText)
                let normalizer = LogSumExp.value(of: logits)
                result.append(Float(ScalarMath.exp(Double(logits[tokens[index]]) - normalizer)))
            }
        }
        return result
    }
}

/// Replaces each value of a row by the median of its neighbourhood; the row is reflected at its ends.
enum MedianFilter {
    /// - Parameter width: values in a neighbourhood, odd. Rows of no more than half of it stay as they are.
    static func apply(to row: inout [Float], width: Int) {
        let half = width / 2
        guard row.count > half else { return }
        let source = row
        var neighbours = [Float](repeating: 0, count: width)
        for center in source.indices {
            for offset in 0..<width {
                var index = abs(center + offset - half)
                if index >= source.count { index = 2 * (source.count - 1) - index }
                // Kept sorted as they come.
                var place = offset
                while place > 0, neighbours[place - 1] > source[index] {
                    neighbours[place] = neighbours[place - 1]
                    place -= 1
                }
                neighbours[place] = source[index]
            }
            row[center] = neighbours[half]
        }
    }
}
