// axi_lite: the configuration bus as an AXI4-Lite slave of 32 bits, and what belongs to the bus itself.
// Register r lies at byte r << (2 + LOG_WORDS); its words above the first are written before it, and are 0 if not.
`default_nettype none

module axi_lite #(
    parameter        DATA      = 32,
    parameter        LOG_WORDS = 0,
    parameter [11:0] STATUS    = 12'd1,
    parameter [11:0] START     = 12'd2
) (
    input  wire                  clk,
    input  wire                  rst,
    // AXI4-Lite
    input  wire                  awvalid,
    output wire                  awready,
    input  wire [14+LOG_WORDS:0] awaddr,
    input  wire                  wvalid,
    output wire                  wready,
    input  wire [31:0]           wdata,
    input  wire [3:0]            wstrb,
    output reg                   bvalid,
    input  wire                  bready,
    output reg  [1:0]            bresp,
    input  wire                  arvalid,
    output wire                  arready,
    input  wire [14+LOG_WORDS:0] araddr,
    output reg                   rvalid,
    input  wire                  rready,
    output reg  [31:0]           rdata,
    output wire [1:0]            rresp,
    // accelerator
    output wire                  cfg_we,
    output wire [11:0]           cfg_addr,
    output wire [DATA-1:0]       cfg_wdata,
    input  wire [DATA-1:0]       cfg_rdata,
    input  wire                  cfg_ready,
    input  wire                  cfg_refused,
    input  wire                  core_busy,
    // bus
    input  wire                  writes_busy,
    input  wire                  read_fault,
    input  wire                  write_fault,
    output reg  [63:0]           activation_base,
    output reg  [63:0]           weight_base,
    output wire                  irq
);
  localparam WORDS = 1 << LOG_WORDS;
  localparam TOP   = 14 + LOG_WORDS;

  // ---------------------------------------------------------------------------
  // Writes: address and data come in any order; what a layer that runs still needs is refused, and so is the start of
  // the next one, also until its outputs have arrived
  // ---------------------------------------------------------------------------
  reg          address_held, data_held;
  reg  [TOP:2] address;
  reg  [31:0]  data;
  reg          partial;
  wire         busy   = core_busy || writes_busy;
  wire         asks   = address_held && data_held && !bvalid;
  wire         own    = address[TOP];
  wire         write  = asks && (own || cfg_ready);
  wire [2:0]   which  = address[4:2];
  wire         clears = own && which == 3'd4;
  wire         early  = writes_busy && cfg_addr == START;
  wire         fails  = partial || (own ? busy && !clears : cfg_refused || early);
  wire         valid  = write && !fails;

  assign awready = !address_held;
  assign wready  = !data_held;

  always @(posedge clk) begin
    if (rst) begin
      address_held <= 1'b0;
      data_held    <= 1'b0;
      bvalid       <= 1'b0;
    end else begin
      if (awvalid && awready) address_held <= 1'b1;
      else if (write) address_held <= 1'b0;
      if (wvalid && wready) data_held <= 1'b1;
      else if (write) data_held <= 1'b0;
      if (write) bvalid <= 1'b1;
      else if (bready) bvalid <= 1'b0;
    end
  end

  always @(posedge clk) begin
    if (awvalid && awready) address <= awaddr[TOP:2];
    if (wvalid && wready) begin
      data    <= wdata;
      partial <= wstrb != 4'hf;
    end
    if (write) bresp <= {fails, 1'b0};
  end

  // ---------------------------------------------------------------------------
  // Reads
  // ---------------------------------------------------------------------------
  reg          read_held;
  reg  [TOP:2] read_address;
  wire         read = read_held && !rvalid && !asks;

  assign arready = !read_held;
  assign rresp   = 2'b00;

  always @(posedge clk) begin
    if (rst) begin
      read_held <= 1'b0;
      rvalid    <= 1'b0;
    end else begin
      if (arvalid && arready) read_held <= 1'b1;
      else if (read) read_held <= 1'b0;
      if (read) rvalid <= 1'b1;
      else if (rready) rvalid <= 1'b0;
    end
  end

  always @(posedge clk) begin
    if (arvalid && arready) read_address <= araddr[TOP:2];
  end

  // ---------------------------------------------------------------------------
  // The accelerator's registers
  // ---------------------------------------------------------------------------
  wire [32*WORDS-1:0] written, answered;

  assign cfg_addr  = asks ? address[TOP-1-:12] : read_address[TOP-1-:12];
  assign cfg_wdata = written[DATA-1:0];

  generate
    if (WORDS == 1) begin : g_one
      assign cfg_we  = asks && !partial && !own && !early;
      assign written = data;
    end else begin : g_more
      reg  [32*(WORDS-1)-1:0] above;
      wire [LOG_WORDS-1:0]    word = address[2+:LOG_WORDS];
      wire                    low  = word == {LOG_WORDS{1'b0}};

      assign cfg_we  = asks && !partial && !own && low && !early;
      assign written = {above, data};

      genvar w;
      for (w = 1; w < WORDS; w = w + 1) begin : g_word
        always @(posedge clk) begin
          if (rst || (write && !own && low)) above[32*(w-1) +: 32] <= 32'd0;
          else if (write && !own && word == w[LOG_WORDS-1:0]) above[32*(w-1) +: 32] <= data;
        end
      end
    end
    if (32 * WORDS > DATA) begin : g_rest
      wire unused = &{1'b0, written[32*WORDS-1:DATA]};
      assign answered = {{(32 * WORDS - DATA){1'b0}}, cfg_rdata};
    end else begin : g_whole
      assign answered = cfg_rdata;
    end
  endgenerate

  wire [31:0] answered_word;

  generate
    if (WORDS == 1) begin : g_answer
      assign answered_word = answered;
    end else begin : g_select
      assign answered_word = answered[32*read_address[2+:LOG_WORDS] +: 32];
    end
  endgenerate

  // ---------------------------------------------------------------------------
  // The bus' own registers: bases of the two memories, status, whether the end of a layer interrupts
  // ---------------------------------------------------------------------------
  reg  ran, ended, read_failed, write_failed, interrupts;
  wire clear = valid && clears;

  assign irq = ended && interrupts;

  always @(posedge clk) begin
    if (rst) begin
      activation_base <= 64'd0;
      weight_base     <= 64'd0;
      interrupts      <= 1'b0;
    end else if (valid && own) begin
      if (which == 3'd0) activation_base[31:0] <= data;
      if (which == 3'd1) activation_base[63:32] <= data;
      if (which == 3'd2) weight_base[31:0] <= data;
      if (which == 3'd3) weight_base[63:32] <= data;
      if (which == 3'd5) interrupts <= data[0];
    end
  end

  always @(posedge clk) begin
    if (rst) begin
      ran          <= 1'b0;
      ended        <= 1'b0;
      read_failed  <= 1'b0;
      write_failed <= 1'b0;
    end else begin
      ran <= busy;
      if (ran && !busy) ended <= 1'b1;
      else if (clear && data[3]) ended <= 1'b0;
      if (read_fault) read_failed <= 1'b1;
      else if (clear && data[1]) read_failed <= 1'b0;
      if (write_fault) write_failed <= 1'b1;
      else if (clear && data[2]) write_failed <= 1'b0;
    end
  end

  wire        asks_status = cfg_addr == STATUS;
  wire        unused      = &{1'b0, awaddr[1:0], araddr[1:0]};
  reg  [31:0] own_word;

  always @* begin
    case (read_address[4:2])
      3'd0:    own_word = activation_base[31:0];
      3'd1:    own_word = activation_base[63:32];
      3'd2:    own_word = weight_base[31:0];
      3'd3:    own_word = weight_base[63:32];
      3'd4:    own_word = {28'd0, ended, write_failed, read_failed, busy};
      3'd5:    own_word = {31'd0, interrupts};
      default: own_word = 32'd0;
    endcase
  end

  always @(posedge clk) begin
    if (read) begin
      if (read_address[TOP]) rdata <= own_word;
      // An output that is still on its way belongs to the layer.
      else rdata <= answered_word | {31'd0, asks_status && writes_busy};
    end
  end
endmodule

`default_nettype wire
