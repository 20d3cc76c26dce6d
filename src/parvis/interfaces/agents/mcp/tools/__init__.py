"""What an assistant can do here."""

from parvis.interfaces.agents.mcp.tools.asking import ASK
from parvis.interfaces.agents.mcp.tools.checkout import CREATE_CHECKOUT
from parvis.interfaces.agents.mcp.tools.orders import ORDER_STATUS
from parvis.interfaces.agents.mcp.tools.proof import GET_PROOF
from parvis.interfaces.agents.mcp.tools.search import SEARCH
from parvis.interfaces.agents.mcp.tools.sizes import SIZE_ADVICE

TOOLS = (SEARCH, GET_PROOF, ASK, SIZE_ADVICE, CREATE_CHECKOUT, ORDER_STATUS)
