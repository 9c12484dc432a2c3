import OmniNN
import OmniTensor

/// Room to compute in, and the logits of the last pass. A reference: one conversation, or a group of conversations that
/// advance together, keeps one; nothing in it lasts beyond the next pass. Belongs to one task at a time.
public final class DecoderWorkspace {
    var scratch = DecoderScratch()
    /// One row for each sequence of the last pass that wanted text, `[n, text vocabulary]`.
    var text = LogitRows()
    /// One row for each sequence of the last pass that wanted sound, `[n, 7 · audio vocabulary]`.
    var audio = LogitRows()

    private let audioVocabularyCount: Int

    init(_ configuration: OmniGPT.Configuration) { audioVocabularyCount = configuration.audioVocabularyCount }

    /// Hands out the text logits of the last position of sequence `index` of the last pass, `[text vocabulary]`.
    ///
    /// - Precondition: the sequence wanted text.
    public func withTextLogits<Result>(of index: Int, _ body: (Span<Float>) throws -> Result) rethrows -> Result {
        let rows = text
        return try body(rows.logits.span.extracting(rows.place(of: index)))
    }

    /// Hands out the logits of an audio stream, 0…6, `[audio vocabulary]`. Everything else as for text.
    ///
    /// - Precondition: the sequence wanted sound.
    public func withAudioLogits<Result>(
        of index: Int, stream: Int, _ body: (Span<Float>) throws -> Result
    ) rethrows -> Result {
        precondition(stream >= 0 && stream < VocabularyLayout.audioStreamCount, "audio stream \(stream)")
        let rows = audio
        let start = rows.place(of: index).lowerBound + stream * audioVocabularyCount
        return try body(rows.logits.span.extracting(start..<start + audioVocabularyCount))
    }
}

/// Logits of those sequences of a pass that wanted some.
struct LogitRows: Sendable {
    /// `[n, V]`.
    var logits = RowBuffer(width: 1)
    /// Normalised rows that the logits come from, `[n, D]`.
    var inputs = RowBuffer(width: 1)
    /// The sequences in the order of the rows.
    var sequences: [Int] = []

    /// Computes the logits of the last positions of ``sequences``. `x` `[N, D]`.
    mutating func project(_ x: RowBuffer, _ segments: [DecoderSegment], _ norm: DecoderNorm, _ head: Linear) {
        let width = x.width
        logits.reshape(rowCount: sequences.count, width: head.outputWidth)
        inputs.reshape(rowCount: 0, width: width)
        guard !sequences.isEmpty else { return }
        var end = 0
        for (sequence, segment) in segments.enumerated() {
            end += segment.count
            guard sequences.contains(sequence) else { continue }
            inputs.append(x.span.extracting((end - 1) * width..<end * width))
        }
        Self.project(&inputs, norm, head, into: &logits)
    }

    private static func project(
        _ inputs: inout RowBuffer, _ norm: DecoderNorm, _ head: Linear, into logits: inout RowBuffer
    ) {
        let rows = inputs
        var normalised = inputs.mutableSpan
        norm(rows.span, into: &normalised)
        var target = logits.mutableSpan
        head(normalised.span, into: &target)
    }

    func place(of sequence: Int) -> Range<Int> {
        guard let row = sequences.firstIndex(of: sequence) else {
            preconditionFailure("sequence \(sequence) of the last pass did not want these logits")
        }
        return row * logits.width..<(row + 1) * logits.width
    }
}
