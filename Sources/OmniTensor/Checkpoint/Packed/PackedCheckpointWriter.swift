public import Foundation

/// Writes the weights of a model as its engine has them packed, so that opening them again costs nothing: matrices are
/// used where the mapped file has them, and processes that open the same file share its pages.
///
/// The file is safetensors. A packed matrix is a tensor of bytes whose description stands in the metadata; everything
/// else that the model read is stored as 32-bit floats under its own name.
public enum PackedCheckpointWriter {
    /// Writes what a model read through a scope when it was made.
    ///
    /// - Parameters:
    ///   - weights: the scope that a model was made from with a ``NativeEngine``, or one that leads to it.
    ///   - precision: the precision that the model was made with, for readers of the file.
    ///   - url: the file; it appears under its name when it is complete.
    /// - Throws: ``CheckpointError/Code/unwritable``; what reading the tensors again throws.
    public static func write(
        _ weights: WeightScope, precision: WeightPrecision, to url: URL
    ) throws(CheckpointError) {
        try write(weights, replacing: [:], precision: precision, to: url)
    }

    /// Writes the matrices `replacements`, by their full names, in place of those that the model was made with.
    package static func write(
        _ weights: WeightScope, replacing replacements: [String: any PackedMatrix], precision: WeightPrecision,
        to url: URL
    ) throws(CheckpointError) {
        var tensors: [String: WritableTensor] = [:]
        var descriptions: [String: StoredMatrixInfo] = [:]
        for (name, matrix) in weights.packedMatrices {
            let stored = NativeMatrix.require(replacements[name] ?? matrix).stored
            descriptions[name] = stored.info
            tensors[name] = WritableTensor(packed: stored.bytes)
        }
        for name in weights.plainNames { tensors[name] = WritableTensor(try weights.root(name)) }
        try SafetensorsWriter.write(
            tensors, metadata: PackedIndex.metadata(descriptions, precision: precision), to: url)
    }
}
