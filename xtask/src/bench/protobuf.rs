//! Protobuf by hand: what writes the load must not be what is measured.

/// A message under construction. Lengths come first in protobuf, so children are written apart and copied in.
#[derive(Default)]
pub struct Message(pub Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    pub fn number(&mut self, field: u64, value: u64) {
        self.varint(field << 3);
        self.varint(value);
    }

    pub fn fixed64(&mut self, field: u64, value: [u8; 8]) {
        self.varint(field << 3 | 1);
        self.0.extend(value);
    }

    pub fn bytes(&mut self, field: u64, value: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend(value);
    }

    pub fn message(&mut self, field: u64, child: &Self) {
        self.bytes(field, &child.0);
    }
}
