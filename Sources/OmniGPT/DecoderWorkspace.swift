import OmniNN
import OmniTensor

/// Room to compute in, and the logits of the last pass. A reference: one conversation, or a group of conversations that
/// advance together, keeps one; nothing in it lasts beyond the next pass. Belongs to one task at a time.
public final class DecoderWorkspace {
    var scratch = DecoderScratch()
    /// One row for each sequence of the last pass that wanted text, `[n, text vocabulary]`.
    var text = LogitRows()
    /// One row for each sequence of the last pass that wanted audio, `[n, 7 · audio vocabulary]`.
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
    /// - Precondition: the sequence wanted audio.
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
    /// Last rows of the sequences, `[n, D]`, and the same normalised: what the logits come from.
    private var last = RowBuffer(width: 1)
    private(set) var inputs = RowBuffer(width: 1)
    /// The sequences in the order of the rows.
    var sequences: [Int] = []

    /// Computes the logits of the last positions of ``sequences``. `x` `[N, D]`.
    mutating func project(_ x: RowBuffer, _ segments: [DecoderSegment], _ norm: DecoderNorm, _ head: Linear) {
        let width = x.width
        logits.reshape(rowCount: sequences.count, width: head.outputWidth)
        last.reshape(rowCount: 0, width: width)
        inputs.reshape(rowCount: sequences.count, width: width)
        guard !sequences.isEmpty else { return }
        var end = 0
        for (sequence, segment) in segments.enumerated() {
            end += segment.count
            guard sequences.contains(sequence) else { continue }
            last.append(x.span.extracting((end - 1) * width..<end * width))
        }
        Self.project(last, &inputs, norm, head, into: &logits)
    }

    private static func project(
        _ last: RowBuffer, _ inputs: inout RowBuffer, _ norm: DecoderNorm, _ head: Linear, into logits: inout RowBuffer
    ) {
        var normalised = inputs.mutableSpan
        norm(last.span, into: &normalised)
        var target = logits.mutableSpan
        head(normalised.span, into: &target)
    }

    /// Takes those of `segments` that want these logits.
    mutating func select(_ segments: [DecoderSegment], _ wantsThem: (DecoderSegment) -> Bool) {
        sequences.removeAll(keepingCapacity: true)
        for (index, segment) in segments.enumerated() where wantsThem(segment) { sequences.append(index) }
    }

    func place(of sequence: Int) -> Range<Int> {
        guard let row = sequences.firstIndex(of: sequence) else {
            preconditionFailure("sequence \(sequence) of the last pass did not want these logits")
        }
        return row * logits.width..<(row + 1) * logits.width
    }
}

/// Activations, kept from pass to pass so that a decoding step allocates nothing of the model's size.
struct DecoderScratch: Sendable {
    /// `[N, D]`: the residual stream.
    var x = RowBuffer(width: 1)
    /// `[N, D]`: the audio branch of a model with a post-adapter.
    var branch = RowBuffer(width: 1)
    /// `[1, D]`: one embedding.
    var embedding = RowBuffer(width: 1)
    var angles = RotaryAngles()
    var block = BlockScratch()
}

/// What one block needs besides the residual stream.
struct BlockScratch: Sendable {
    var normalised = RowBuffer(width: 1)
    var parallel = RowBuffer(width: 1)
    var qkv = RowBuffer(width: 1)
    var gathered = RowBuffer(width: 1)
    /// `[n, D]`: the rows of the last block that logits come from.
    var kept = RowBuffer(width: 1)
    var feedForward = FeedForwardScratch()
}
